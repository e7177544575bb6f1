"""How answers are shown: tables, JSON, CSV, text, pictures, pages."""
