"""Documents in and out: safe CSV, XLSX and DOCX, the tabular reader and the mapping engine."""
