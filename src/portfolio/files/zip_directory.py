"""The directory of a zip package, judged before any member is read (limits: `security.md` section 9)."""

import stat
import struct
import zipfile
from typing import BinaryIO, Final

from portfolio.files.inspection_terms import RejectReason, Unacceptable

MAX_MEMBERS: Final = 2_000
MAX_DIRECTORY_BYTES: Final = 1_000_000
MAX_UNPACKED_BYTES: Final = 200_000_000
MAX_RATIO: Final = 100
_RATIO_FROM_BYTES: Final = 1_000_000  # a small member may well be very repetitive
_MAX_NAME: Final = 300
_END = struct.Struct("<4s4H2LH")  # end of central directory, without its comment
_END_MARK: Final = b"PK\x05\x06"
_LOCAL_HEADER_BYTES: Final = 30
_LONGEST_COMMENT: Final = 65_535
_IS_ENCRYPTED: Final = 0x1


def check_directory(stream: BinaryIO, size: int) -> None:
    """Raises `Unacceptable` for a package of which reading could hurt. `size` is that of the whole file in bytes."""
    entries = _check_end(stream, size)
    try:
        with zipfile.ZipFile(stream) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error, UnicodeError) as error:
        raise Unacceptable(RejectReason.DAMAGED) from error
    if len(members) != entries:
        raise Unacceptable(RejectReason.DAMAGED)
    for member in members:
        _check_member(member)
    if len({member.filename.casefold() for member in members}) != len(members):
        raise Unacceptable(RejectReason.UNSAFE_NAME)
    _check_sizes(members, size)


def has_zip_tail(tail: bytes) -> bool:
    """Whether the end of a file is also the end of a zip: such a file is two files in one."""
    return _END_MARK in tail[-(_LONGEST_COMMENT + _END.size) :]


def _check_end(stream: BinaryIO, size: int) -> int:
    """The count of entries. No comment, nothing before or after the package: Office writes neither."""
    if size < _END.size:
        raise Unacceptable(RejectReason.DAMAGED)
    stream.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = stream.read()
    mark, disk, first_disk, here, entries, length, offset, comment = _END.unpack(tail[-_END.size :])
    if mark != _END_MARK or comment:
        raise Unacceptable(RejectReason.HIDDEN_DATA if has_zip_tail(tail) else RejectReason.DAMAGED)
    if entries > MAX_MEMBERS or length > MAX_DIRECTORY_BYTES:
        raise Unacceptable(RejectReason.TOO_MANY_PARTS)
    if disk or first_disk or here != entries or not entries:
        raise Unacceptable(RejectReason.DAMAGED)
    if offset + length + _END.size != size:
        raise Unacceptable(RejectReason.HIDDEN_DATA)
    stream.seek(0)
    if stream.read(4) != b"PK\x03\x04":
        raise Unacceptable(RejectReason.HIDDEN_DATA)
    return int(entries)


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _IS_ENCRYPTED:
        raise Unacceptable(RejectReason.ENCRYPTED)
    if stat.S_ISLNK(member.external_attr >> 16) or not _is_safe_name(member.orig_filename):
        raise Unacceptable(RejectReason.UNSAFE_NAME)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unacceptable(RejectReason.DAMAGED)


def _is_safe_name(name: str) -> bool:
    parts = name.split("/")
    return (
        0 < len(name) <= _MAX_NAME
        and not name.startswith("/")
        and ".." not in parts
        and not any(sign in name for sign in "\\:")
        and name.isprintable()
    )


def _check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * size:
        raise Unacceptable(RejectReason.BOMB)
    for member in members:
        if member.file_size > max(_RATIO_FROM_BYTES, MAX_RATIO * member.compress_size):
            raise Unacceptable(RejectReason.BOMB)
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:  # members that share bytes: a bomb that no sum of sizes shows
            raise Unacceptable(RejectReason.BOMB)
        end = member.header_offset + _LOCAL_HEADER_BYTES + len(member.orig_filename) + member.compress_size
