"""What a person is told about a file that can't be printed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.documents.codes import Trouble
from kiosk.i18n import N_, _

_SENTENCES: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.ENCRYPTED: N_("这个文件有密码，或者不允许打印。请先去掉密码，再来打印。"),
        Trouble.BROKEN: N_("这个文件打不开，可能没有存完整。请换一个文件试试。"),
        Trouble.TOO_BIG: N_("这个文件太大，这里打不了。请换小一点的文件。"),
        Trouble.TOO_MANY_PAGES: N_("这个文件页数太多，这里打不了。请分成几份再来。"),
        Trouble.TOO_SLOW: N_("这个文件太复杂，打开要太久，这里打不了。请换一个文件试试。"),
        Trouble.UNSUPPORTED: N_(
            "这里能打 PDF 文件和照片（JPG、PNG）。请把文件存成 PDF，再来打印。"
        ),
        Trouble.EMPTY: N_("这个文件是空的，没有可以打印的内容。请换一个文件。"),
        Trouble.BOMB: N_("这个文件展开以后太大，这里打不了。请换一个文件试试。"),
        Trouble.PULLED: N_("U盘读不到了，可能被拔了出来。请插好，再选一次。"),
        Trouble.CANCELLED: N_("已经停下，没有打开这个文件。"),
        Trouble.UNOPENED: N_(
            "这台机器现在打不开文件，不是您文件的问题。请换个时间再来，或请人帮忙。"
        ),
    }
)


def sentence(trouble: Trouble) -> str:
    """One polite sentence or two, in the language of the visit; no money has moved by then."""
    return _(_SENTENCES[trouble])
