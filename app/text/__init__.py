"""Every sentence of the dashboard in Indonesian and English, with numbers and dates to match."""

from app.text.language import LANGUAGES, Language, language

__all__ = ["LANGUAGES", "Language", "language"]
