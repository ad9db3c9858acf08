"""What a person is told when a file doesn't come from the phone."""

from __future__ import annotations

from kiosk.i18n import N_

LOST = N_("文件没有收全。请再点一次“手机传文件”，用手机重新传。")
NOT_REACHED = N_("现在收不到手机传的文件。您可以用U盘，或者过一会儿再试。")
EXPIRED = N_("二维码过期了。请再点一次“手机传文件”，换一个新的。")
