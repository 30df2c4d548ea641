"""Every sentence of the dashboard in Indonesian and English, with numbers and dates to match."""

from app.text.language import LANGUAGES, NONE, Language, language

__all__ = ["LANGUAGES", "NONE", "Language", "language"]
