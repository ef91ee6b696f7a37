"""Reports to print and attach: one HTML page that holds everything, and a paragraph for the methods section."""

from nanotem.report.image_report import html_report
from nanotem.report.methods import methods_paragraph
from nanotem.report.study_report import study_report

__all__ = ["html_report", "methods_paragraph", "study_report"]
