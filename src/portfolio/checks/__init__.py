"""The standards check of a case: the institution's own assessment, the officer's verdict, waivers by two authorities."""
