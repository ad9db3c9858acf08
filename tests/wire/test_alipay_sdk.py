"""python-alipay-sdk, written by others, as a client of the Alipay-style sandbox.

The SDK offers no setting for its address and its CA: the address is an attribute of the client,
and the CA goes into an opener of urllib, which is what the SDK calls.
"""

from __future__ import annotations

import ssl
import urllib.request

import alipay as sdk
import pytest
from alipay.exceptions import AliPayException, AliPayValidationError

from sim.clock import RealClock
from sim.faults import Fault, Faults
from sim.gateways import Gateways

NO = "38012611180000100001"


class Merchant:
    def __init__(self, directory, monkeypatch) -> None:
        self.faults = Faults()
        self.gateways = Gateways(RealClock(), self.faults, directory, seed=1)
        self.gateways.start()
        section = self.gateways.settings()["alipay"]
        self.client = sdk.AliPay(
            appid=section["app_id"],
            app_private_key_string=(directory / section["private_key"]).read_text(),
            alipay_public_key_string=(directory / section["server_public_key"]).read_text(),
            sign_type="RSA2",
        )
        monkeypatch.setattr(self.client, "_gateway", section["base_url"])
        context = ssl.create_default_context(cafile=str(directory / section["ca_file"]))
        https = urllib.request.HTTPSHandler(context=context)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), https)
        monkeypatch.setattr(sdk, "urlopen", opener.open)

    def phone(self, action: str, **body: object) -> dict:
        return self.gateways.act("qr_payment", action, {"order_no": NO, **body})

    def precreate(self) -> dict:
        return self.client.api_alipay_trade_precreate(
            subject="水电煤缴费 3笔 & 100%", out_trade_no=NO, total_amount="129.27"
        )


@pytest.fixture
def merchant(tmp_path, monkeypatch):
    merchant = Merchant(tmp_path, monkeypatch)
    yield merchant
    merchant.gateways.stop()


def test_order_payment_and_refund(merchant):
    client = merchant.client
    assert merchant.precreate()["qr_code"].startswith("https://qr.alipay.com/")
    assert client.api_alipay_trade_query(out_trade_no=NO)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    merchant.phone("scan")
    assert client.api_alipay_trade_query(out_trade_no=NO)["trade_status"] == "WAIT_BUYER_PAY"
    merchant.phone("pay", coupon_fen=27)
    paid = client.api_alipay_trade_query(out_trade_no=NO)
    assert (paid["trade_status"], paid["buyer_pay_amount"]) == ("TRADE_SUCCESS", "129.00")
    part = {"out_trade_no": NO, "refund_amount": "16.50", "out_request_no": NO + "R1"}
    assert client.api_alipay_trade_refund(**part)["fund_change"] == "Y"
    assert client.api_alipay_trade_refund(**part)["fund_change"] == "N"
    found = client.api_alipay_trade_fastpay_refund_query(NO + "R1", out_trade_no=NO)
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "16.50")
    (row,) = merchant.gateways.ledger()["alipay"]
    assert (row["charges"], row["refunded_fen"]) == (1, 1_650)


def test_cancel_before_and_after_payment(merchant):
    client = merchant.client
    merchant.precreate()
    merchant.phone("scan")
    cancelled = client.api_alipay_trade_cancel(out_trade_no=NO)
    assert (cancelled["retry_flag"], cancelled["action"]) == ("N", "close")
    assert client.api_alipay_trade_query(out_trade_no=NO)["trade_status"] == "TRADE_CLOSED"
    assert merchant.precreate()["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


def test_close_of_a_paid_order_is_refused(merchant):
    merchant.precreate()
    merchant.phone("pay")
    closed = merchant.client.api_alipay_trade_close(out_trade_no=NO)
    assert closed["sub_code"] == "ACQ.TRADE_STATUS_ERROR"


def test_the_sdk_sees_a_forged_answer(merchant):
    merchant.faults.add(Fault("qr_payment", "bad_signature", count=1))
    with pytest.raises(AliPayValidationError):
        merchant.precreate()


def test_the_sandbox_sees_a_merchant_with_another_key(merchant, tmp_path):
    other = (tmp_path / "keys/wechat_app_private.pem").read_text()
    merchant.client._app_private_key_string = other
    merchant.client._load_key()
    assert merchant.precreate()["sub_code"] == "isv.invalid-signature"
    with pytest.raises(AliPayException, match=r"isv\.invalid-method"):
        merchant.client.server_api("alipay.trade.unheard.of")
    assert merchant.gateways.ledger()["alipay"] == []
