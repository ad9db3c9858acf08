"""One file out of a browser's form, within bounds. multipart/form-data: RFC 7578."""

from __future__ import annotations

from collections.abc import Callable

_CHUNK = 64 << 10
OVERHEAD_MAX = 64 << 10
"""What a form may have around its file: boundaries, headers, fields that nobody asked for."""
_PARTS_MAX = 8
_BUFFER_MAX = 1 << 20  # of what is not yet understood
_NAME_MAX = 255


class UploadError(Exception):
    """No file came of it; `why`: "broken", "empty" or "too_big"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def boundary_of(content_type: str) -> bytes | None:
    """The boundary of a multipart/form-data, or None."""
    from werkzeug.http import parse_options_header

    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not 0 < len(boundary) <= 70 or not boundary.isascii():
        return None
    return boundary.encode("ascii")


def read_file(
    read: Callable[[int], bytes], length: int, boundary: bytes, file_max: int
) -> tuple[str, bytes]:
    """The name and bytes of the first file in a form of `length` bytes.

    `read(n)` gives at most n bytes, none at the end; what it raises goes through. Raises
    UploadError.
    """
    # Imported with the first upload: a relay that waits stays small.
    from werkzeug.exceptions import RequestEntityTooLarge
    from werkzeug.sansio import multipart

    decoder = multipart.MultipartDecoder(boundary, _BUFFER_MAX, max_parts=_PARTS_MAX)
    found: tuple[str, bytearray] | None = None
    inside = over = False
    left = length
    try:
        while True:
            match decoder.next_event():
                case multipart.NeedData():
                    if over:
                        raise UploadError("broken")
                    data = read(min(_CHUNK, left)) if left else None
                    over = not data
                    left -= len(data or b"")
                    decoder.receive_data(data or None)
                case multipart.File(filename=str(name)):
                    inside = found is None
                    if inside:
                        found = (name[:_NAME_MAX], bytearray())
                case multipart.Field():
                    inside = False
                case multipart.Data(data=part):
                    if inside and found is not None:
                        found[1].extend(part)
                        if len(found[1]) > file_max:
                            raise UploadError("too_big")
                case multipart.Epilogue():
                    break
    except (ValueError, RequestEntityTooLarge) as error:
        raise UploadError("broken") from error
    if left:
        raise UploadError("broken")  # the phone went away
    if found is None or not found[1]:
        raise UploadError("empty")
    return found[0], bytes(found[1])
