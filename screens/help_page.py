"""帮助: what the screen below wants, in a few short sentences."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.view import exits, may_call, screen_below
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_help import TEXTS as CLINIC
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message

_BILLS = N_(
    "带好水费、电费或煤气费的账单。\n\n"
    "把账单上的条码对准红光，机器会自己读出来。\n\n"
    "没有账单，就碰一下要缴的那种，再输入账单上的户号。"
)
TEXTS = {
    "home": N_(
        "要办哪件事，就用手指轻轻碰一下。\n\n碰错了不要紧：碰一下“首页”就回到这里，不会扣钱。"
    ),
    "bill": _BILLS,
    "institution": N_("账单上印着缴费单位的名字。请碰一下和账单上一样的那个。"),
    "account": N_(
        "户号印在账单上，一般在最上面。\n\n"
        "一个数字一个数字地碰，碰错了，“删一个”就好。\n\n"
        "输好了，就碰“查一查”这个键。"
    ),
    "looking": N_("机器正在问缴费单位，一般几秒钟就好。\n\n现在不会扣钱。"),
    "bills": N_(
        "打勾的账单就是这次要付的。\n\n不想付的，碰一下就去掉勾。\n\n还有别的账单，直接再扫一扫。"
    ),
    "topup": N_("碰一下要充多少钱。下一步还会让您再看一遍，现在不会扣钱。"),
    "confirm": N_("请看看账单和总数对不对。\n\n碰了付款方式以后，才开始付款。"),
    "pay": N_(
        "银行卡或手机付款码，请在右边的机器上用。\n\n"
        "屏幕上有方块的，用手机扫一扫。\n\n"
        "付款之前，随时可以取消。"
    ),
    "result": N_("这里写着这一笔办得怎么样。\n\n看好了，碰一下“好了”就可以。"),
    "unknown": N_(
        "付款的结果还没有回来。\n\n"
        "请不要再付一次。我们会一直问，问到为止。\n\n"
        "打一张凭条就可以先走，以后拿来扫一扫，就知道结果。"
    ),
    "receipt_problem": N_(
        "钱的事已经记好了，只是纸没有打出来。\n\n用手机拍下方块，或记下单号，都可以当凭证。"
    ),
    "find": N_("把以前打的小票拿出来，上面有一个方块。\n\n对准红光，就能看到那一笔办好了没有。"),
    "found": N_("这里写着那一笔办得怎么样。不显示姓名，别人看到也不要紧。"),
    "call": N_("照着号码打电话就行。\n\n碰下面的按钮，工作人员上班时会看到。"),
    "print_source": N_(
        "文件在手机里，就碰“手机传文件”。\n\n"
        "文件在U盘里，就碰“U盘”。\n\n"
        "打完以后，机器里什么都不留。"
    ),
    "print_upload": N_(
        "打开手机上的微信，点右上角的加号，再点“扫一扫”，对准方块。\n\n"
        "手机上会出来一页，选好文件或照片，再碰“传给小屋”。\n\n"
        "不会弄，可以请旁边的人帮一下。"
    ),
    "print_files": N_("碰一下要打的文件，就会打开给您看。\n\n打开文件不要钱，也不会马上打印。"),
    "print_document": N_(
        "上面是文件的样子，可以一页一页地看。\n\n"
        "要改份数、双面、彩色，碰“改一改”。\n\n"
        "碰“就这样打印”以后，还会让您再看一遍价钱。"
    ),
    "print_change": N_(
        "每一行碰一下就会变。碰错了，再碰一下就变回来。\n\n价钱在上面，改好了碰“好了”。"
    ),
    "print_pages": N_("碰加号和减号，选从第几页打到第几页。\n\n选好了，碰“就打这些”。"),
    "print_copy": N_("身份证有两面，会印在同一张纸上。\n\n别的纸，一次印一页。"),
    "print_lay": N_(
        "掀开盖子，把要印的一面朝下，放在玻璃板的左上角。\n\n盖上盖子，再碰“开始”。现在不会扣钱。"
    ),
    "print_scanning": N_("机器在看您的原件。\n\n请等它看完，不要掀盖子。不想印了，碰“返回”。"),
    "print_take": N_("掀开盖子，把您的身份证或纸拿走。\n\n拿好了，碰一下“拿走了”。"),
    "pages_delivering": N_(
        "机器在打您的文件，打好的纸从打印机里出来。\n\n停下来了也不要紧：没打出来的，钱退给您。"
    ),
    **CLINIC,
    "lay_card": N_(
        "把身份证平放在读卡口上，等一两秒。\n\n读好了机器会告诉您，身份证请收好。\n\n"
        "机器不留姓名和号码，只记得有人领过一本。"
    ),
    "had_booklet": N_("一个人一段时间领一本。\n\n真的要用，请人帮忙，工作人员会给您办。"),
    "booklet_delivering": N_("本子从出本口出来，轻轻一抽就好。\n\n来不及拿也不要紧，可以再领。"),
    "rice": N_("碰一下想要的米。\n\n价钱是一斤的价钱。现在不会扣钱。"),
    "rice_amount": N_("碰一下要买几斤。\n\n没有想要的数，就碰“别的”，一斤一斤地加。"),
    "rice_weight": N_("碰“多一斤”或“少一斤”，到想要的数为止。\n\n再碰“就要这么多”。"),
    "rice_level": N_("碾得少，米香，营养好。碾得多，米白，口感软。\n\n价钱是一样的。"),
    "rice_ready": N_(
        "把袋子张开，放在米口下面。没有袋子，请人帮忙拿一个。\n\n"
        "放好了，碰“开始碾米”。\n\n"
        "不想要了，碰“不要了，退钱”，钱退回原来的地方。"
    ),
    "rice_delivering": N_(
        "机器先称米，再碾米，然后门自己打开。\n\n"
        "门一打开，就把米拿走。半分钟以后门会关上。\n\n"
        "门关上了还没有拿，请打“请人帮忙”里的电话。"
    ),
    "out_of_service": N_("这件事现在办不了。\n\n没有扣您的钱。急的话，请打“请人帮忙”里的电话。"),
}


@dataclass(frozen=True, slots=True)
class HelpView:
    """``last``: what helps everywhere. ``call``: 请人帮忙 can be had from here."""

    title: str
    text: str
    last: tuple[str, ...] = ()
    call: bool = False

    @property
    def words(self) -> str:
        """All that is shown, in one text."""
        return "\n\n".join(x for x in (self.text, "\n".join(self.last)) if x)


def view_of(state: State) -> HelpView:
    text = _(TEXTS.get(screen_below(state), TEXTS["home"]))
    back, home = exits(state)
    call = may_call(state)
    last = []
    if back and home:
        last.append(_("碰“返回”退一步，碰“首页”重新来。"))
    if call:
        last.append(_("拿不准，就碰下面，请人帮您。"))
    return HelpView(_("不着急，慢慢来"), text, tuple(last), call)


def spoken(view: HelpView) -> Utterance:
    return say(view.title, view.text, *view.last)


class HelpScreen(Screen):
    name = "help"
    offers = ()

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "help.words", em_mm=14.0))
        self.close = self.add(
            Button(
                self.kit,
                "help.close",
                "",
                lambda: self.send("help.close", None),
                kind="main",
                guard=True,
            )
        )
        self.call = self.add(
            Button(
                self.kit,
                "help.call_person",
                "",
                lambda: self.send("help.call_person", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        self.close.place(Box(body.x, body.bottom - button, body.w, button))
        self.call.place(Box(body.x, self.close.box.y - gap - button, body.w, button))
        lowest = self.call if self.call.visible else self.close
        top, room = body.y + px(SPACE.air), lowest.box.y - gap
        # Air above and below the text, as far as there is any.
        height = min(self.words.fit(body.w) + px(20), room - top)
        self.words.place(Box(body.x, top, body.w, height))

    def show(self, view: HelpView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words)
        self.close.say(_("知道了"))
        self.call.say(_("请人帮忙"))
        self.call.visible = view.call
        self.shape(view.words, view.call)
