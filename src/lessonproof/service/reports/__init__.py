"""The report of a teaching unit: one self-contained HTML file in Chinese and English, readable offline and on paper."""
