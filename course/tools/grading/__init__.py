"""Grading what was handed in, for the command `grade`.

- `handins`: whose file is what, in folders, zips and Moodle's downloads
- `excerpt`: what of a notebook's cells is the answer to an exercise
- `judge`: the verdicts on a notebook, which holds the cases
- `cage`: where answers run, in processes of their own
- `reports`: the table, the summary, the files for a spreadsheet, Moodle and learners

Code that was handed in runs only in the `cage`; elsewhere it is read as text.
"""
