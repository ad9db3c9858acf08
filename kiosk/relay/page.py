"""What a phone shows: large type, Chinese first, one thing to do, no script.

No `accept` at the file field: what browsers inside messengers make of it differs, and some then
offer photos alone. What isn't a PDF or a picture is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

_STYLE = (
    "body{margin:0;background:#FBF8F1;color:#14232E;font-family:sans-serif;font-size:22px;"
    "line-height:1.6}main{max-width:30em;margin:0 auto;padding:28px 20px}"
    "h1{font-size:32px;line-height:1.3;margin:0 0 12px}p{margin:0 0 20px}"
    "small{display:block;color:#3A4650;font-size:17px}"
    "input,button{box-sizing:border-box;width:100%;font-size:24px;border-radius:12px}"
    "input{padding:22px 12px;border:3px dashed #857C65;background:#fff;margin:0 0 24px}"
    "button{padding:24px;border:0;background:#0B5A5C;color:#fff;font-weight:bold}"
    "button small{color:#fff}"
    ".wait{background:#FFE2A3;color:#4A3200;padding:16px;border-radius:12px}"
    ".done{color:#1D5B2F}"
)
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-Robots-Tag", "noindex"),
)

# Word → HTTP status, Chinese heading and text, English.
_SAID: Mapping[str, tuple[int, str, str, str]] = {
    "done": (
        200,
        "收到了",
        "请看小屋的屏幕，接着在那里选页数和份数。手机上可以关掉这一页了。",
        "Received. Please go on at the cabin's screen; you may close this page.",
    ),
    "gone": (
        404,
        "这个二维码不能用了",
        "它已经用过，或者过了十分钟。请在小屋的屏幕上再点一次「手机传文件」，扫新的二维码。",
        "This code was used or is too old. Please get a new one on the cabin's screen.",
    ),
    "busy": (
        409,
        "已经有一个文件了",
        "一个二维码只收一个文件。请看小屋的屏幕；要传别的文件，请在屏幕上换一个新的二维码。",
        "One code takes one file. Please look at the cabin's screen.",
    ),
    "too_big": (
        413,
        "文件太大了",
        "最大能收 {mb} MB。请换小一点的文件，回到上一页再传一次。",
        "The file is too large; {mb} MB at most. Please go back and choose a smaller one.",
    ),
    "unsupported": (
        415,
        "这种文件打不了",
        "这里能打 PDF 文件和照片（JPG、PNG）。请把文件存成 PDF，回到上一页再传一次。",
        "PDF files and photos (JPG, PNG) can be printed. Please go back and choose one.",
    ),
    "empty": (
        400,
        "没有选文件",
        "请回到上一页，先点方框选一个文件，再点「传给小屋」。",
        "No file was chosen. Please go back and choose one.",
    ),
    "broken": (
        400,
        "文件没有传完整",
        "请回到上一页，再传一次。",
        "The file did not arrive whole. Please go back and try again.",
    ),
    "full": (
        503,
        "现在传的人太多",
        "请等一两分钟，回到上一页再传一次。",
        "Too many people are uploading. Please wait a minute or two and try again.",
    ),
    "too_often": (
        429,
        "点得太快了",
        "请等一分钟，再打开这一页。",
        "Too many requests. Please wait a minute.",
    ),
}


def form(file_max: int) -> bytes:
    """The page with the form; it posts to its own address."""
    most = file_max >> 20
    return _page(
        "传文件给小屋",
        "<h1>把文件传给小屋打印</h1>"
        "<p>PDF 文件或照片，一次一个。<small lang=en>Send one PDF file or photo to the cabin's"
        " printer.</small></p>"
        '<form method="post" enctype="multipart/form-data">'
        '<label for="file">一、点方框，选文件<small lang=en>1. Choose the file</small></label>'
        '<input type="file" id="file" name="file" required>'
        "<button>二、传给小屋<small lang=en>2. Send</small></button></form>"
        f"<p><br>最大 {most} MB。传的时候请不要关掉这一页，要等一会儿。文件打完就删掉，不会留下。"
        f"<small lang=en>{most} MB at most. Please keep this page open while it is sent. The file"
        " is deleted after printing.</small></p>",
    )


def said(word: str, file_max: int) -> tuple[str, bytes]:
    """The HTTP status line's text and the page for an outcome."""
    number, heading, text, english = _SAID[word]
    mb = file_max >> 20
    kind = "done" if word == "done" else "wait"
    body = (
        f'<h1 class="{kind}">{heading}</h1><p>{text.format(mb=mb)}'
        f"<small lang=en>{english.format(mb=mb)}</small></p>"
    )
    status = HTTPStatus(number)
    return f"{status.value} {status.phrase}", _page(heading, body)


def _page(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    ).encode()
