"""What the reader and the mapping engine say about files, rows and cells. The words are in `labels.py`."""

from enum import StrEnum


class CellState(StrEnum):
    """What is known of one mapped value; only `KNOWN` has a value, and none of the others is ever zero."""

    KNOWN = "known"
    MISSING = "missing"
    EXEMPT = "exempt"
    WORDS = "words"
    UNREADABLE = "unreadable"


class RowFlag(StrEnum):
    """What a reader of the preview should look at; a flag never removes a row."""

    TOTAL = "total"
    DOUBLE_ENCODED = "double_encoded"
    IDENTICAL_REPEAT = "identical_repeat"
    KEY_REPEATS = "key_repeats"


class Why(StrEnum):
    """Why a row or a cell was not taken, or what was noticed about the file; parameters are kept beside the code."""

    # a row
    TOO_MANY_CELLS = "too_many_cells"
    TOO_FEW_CELLS = "too_few_cells"
    BROKEN_QUOTES = "broken_quotes"
    HEADER_REPEATED = "header_repeated"
    TOTAL_ROW = "total_row"
    KEY_MISSING = "key_missing"
    AS_AT_UNREADABLE = "as_at_unreadable"
    # a cell
    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_DECIMALS = "too_many_decimals"
    NUMBER_TOO_LARGE = "number_too_large"
    UNKNOWN_CURRENCY = "unknown_currency"
    NOT_A_DATE = "not_a_date"
    IMPOSSIBLE_DATE = "impossible_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    UNKNOWN_WORD = "unknown_word"
    NOT_AN_ADDRESS = "not_an_address"
    BOTH_FILLED = "both_filled"
    # a file
    ENCODING_ASSUMED = "encoding_assumed"
    DELIMITER_ASSUMED = "delimiter_assumed"
    HEADER_ASSUMED = "header_assumed"
    PREAMBLE = "preamble"
    OTHER_SHEETS = "other_sheets"
    DUPLICATE_HEADER = "duplicate_header"
    DOUBLE_ENCODED = "double_encoded"
