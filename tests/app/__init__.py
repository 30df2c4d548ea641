"""The dashboard: its sentences, what it reads, what it says, and its pages in Streamlit's own test runner."""
