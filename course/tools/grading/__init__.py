"""Grading what was handed in, for the command `grade`.

- `handins`: whose file is what, in folders, zips and Moodle's downloads
- `judge`: the process for one notebook, which holds the cases and gives the verdicts
- `standin`: what is checked in the place of a function
- `cage`: where this code runs, in a process of its own
- `reports`: the table, the summary, the files for a spreadsheet, Moodle and learners

No code that was handed in runs in the first three: it is read as text.
"""
