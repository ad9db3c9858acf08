// Pictures and pieces of the page: functions from the simulator's state to HTML. No fetching here.
"use strict";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const esc = (text) => String(text).replace(/[&<>"']/g, (c) => ESCAPES[c]);
const yuan = (fen) => "￥" + (fen / 100).toFixed(2);
const both = (zh, en) => `${esc(zh)} <small lang="en">${esc(en)}</small>`;

/** A button that posts `body` to /api/`path`. */
function button(path, zh, en, { body = {}, kind = "", enabled = true } = {}) {
  const data = esc(JSON.stringify(body));
  const off = enabled ? "" : " disabled";
  return `<button type="button" class="button ${kind}" data-post="${esc(path)}" data-body="${data}"${off}>${both(zh, en)}</button>`;
}

function sign(level, zh, en) {
  const mark = { ok: "✓", bad: "✕", warn: "!" }[level];
  return `<p class="sign ${level}"><i aria-hidden="true">${mark}</i><span>${both(zh, en)}</span></p>`;
}

const BILLERS = {
  "SH-POWER": ["电力", "#7A4A0C"], "SH-WATER": ["自来水", "#2F3C86"], "SH-GAS": ["燃气", "#A3201A"],
};

/** Bars that stand for the digits; only a picture, the number below is what is scanned. */
function bars(code) {
  let x = 0, out = "";
  for (const digit of code) {
    const wide = 1 + (digit % 3), gap = 1 + ((digit >> 1) % 3);
    out += `<rect x="${x}" width="${wide}" height="30"/>`;
    x += wide + gap;
  }
  return `<svg viewBox="0 0 ${x} 30" preserveAspectRatio="none" aria-hidden="true" fill="#14232E">${out}</svg>`;
}

function drawBill(bill, enabled) {
  const [name, seal] = BILLERS[bill.biller] || [bill.biller, "#3A4650"];
  const body = esc(JSON.stringify({ code: bill.code }));
  return `<button type="button" class="bill" style="--seal:${seal}" data-post="devices/scanner/scan" data-body="${body}"${enabled ? "" : " disabled"}>
    <b>${esc(name)}</b><span class="sum">${yuan(bill.amount_fen)}</span>
    <span class="note">${esc(bill.account)}<br>${esc(bill.zh)}<br><small lang="en">${esc(bill.en)}</small></span>
    ${bars(bill.code)}<code>${esc(bill.code)}</code></button>`;
}

const TERMINAL_WORDS = {
  idle: ["欢迎使用", "idle"], waiting: ["请刷卡或出示付款码", "card or payment code"],
  processing: ["正在联系银行…", "asking the bank…"], paid: ["支付成功", "paid"],
  declined: ["交易被拒绝", "declined"], cancelled: ["已取消", "cancelled"], expired: ["超时", "time ran out"],
  refunded: ["已退款", "refunded"], rebooting: ["正在重启…", "rebooting…"],
};

function terminalArt(state) {
  const [zh, en] = TERMINAL_WORDS[state.screen] || [state.screen, ""];
  const sale = state.sale;
  const lit = state.plugged && !state.rebooting;
  const amount = sale ? `<text x="152" y="66" font-size="27" font-weight="700" fill="#FBF8F1">${yuan(sale.amount_fen)}</text>` : "";
  return `<svg class="device-art" viewBox="0 0 420 214" role="img" aria-label="${esc(zh)} ${esc(en)}">
    <rect x="52" y="6" width="200" height="202" rx="22" fill="#14232E"/>
    <rect x="66" y="22" width="172" height="94" rx="8" fill="${lit ? "#0B5A5C" : "#3A4650"}"/>
    <g text-anchor="middle" font-family="inherit">${amount}
      <text x="152" y="${sale ? 90 : 66}" font-size="15.5" fill="#FBF8F1">${esc(zh)}</text>
      <text x="152" y="${sale ? 107 : 88}" font-size="11.5" fill="#CFE5E0">${esc(en)}</text></g>
    ${[0, 1, 2].map((r) => [0, 1, 2].map((c) => `<rect x="${92 + c * 44}" y="${127 + r * 21}" width="32" height="14" rx="4" fill="#3A4650"/>`).join("")).join("")}
    <rect x="84" y="198" width="136" height="6" rx="3" fill="#000"/>
    <path d="M264 70a30 30 0 0 1 0 44M274 60a44 44 0 0 1 0 64" fill="none" stroke="#857C65" stroke-width="4" stroke-linecap="round"/>
    <g transform="rotate(-8 345 96)"><rect x="302" y="66" width="104" height="66" rx="8" fill="#2F3C86"/>
      <rect x="314" y="82" width="20" height="15" rx="3" fill="#E3B778"/><rect x="314" y="112" width="62" height="5" rx="2" fill="#B4BEF5"/></g>
    <rect x="322" y="148" width="54" height="58" rx="6" fill="#14232E"/><rect x="327" y="153" width="44" height="44" fill="#fff"/>
    ${qrBlocks(331, 157, 36)}</svg>`;
}

/** Something that looks like a QR code from afar. */
function qrBlocks(x, y, size) {
  const n = 9, m = size / n;
  let out = "";
  for (let i = 0; i < n * n; i++) {
    const r = Math.floor(i / n), c = i % n;
    const corner = (r < 3 && c < 3) || (r < 3 && c > 5) || (r > 5 && c < 3);
    if (corner ? !(r % 6 === 1 && c % 6 === 1) : (i * 7 + r * 3) % 5 < 2) {
      out += `<rect x="${x + c * m}" y="${y + r * m}" width="${m}" height="${m}" fill="#14232E"/>`;
    }
  }
  return out;
}

function drawTerminal(device) {
  const s = device.state;
  const can = new Set(device.actions.map((a) => a.name));
  const wire = !s.plugged ? sign("bad", "线拔掉了", "unplugged")
    : s.silent ? sign("bad", "没有反应", "hangs")
      : s.linked ? sign("ok", "和小屋连着", "linked to the kiosk") : sign("warn", "小屋还没来握手", "the kiosk hasn't shaken hands");
  const act = (name, zh, en, kind, body) => button(`devices/terminal/${name}`, zh, en, { kind, body, enabled: can.has(name) });
  const order = s.sale ? `<p class="hint">${esc(s.sale.description || "")} <code>${esc(s.sale.order_no)}</code></p>` : "";
  return `${terminalArt(s)}${wire}<div class="pads">
    ${act("tap_card", "刷卡", "Tap a card", "go")}${act("show_code", "出示付款码", "Show a code", "go", { method: "WeChatPay" })}
    ${act("decline", "拒绝", "Decline", "stop", { code: "51" })}${act("cancel", "取消", "Cancel", "")}</div>${order}
    <p class="row" style="margin:10px 0 0">${act("reboot", "断电重启", "Power-cycle, 8 s", "", { seconds: 8 })}</p>`;
}

const PROVIDERS = { alipay: ["支付宝", "#0B5A5C"], wechat: ["微信", "#1D5B2F"] };

function drawPhone(device) {
  const open = device.state.open;
  if (!open.length) return `<p class="empty">屏幕上没有等人扫的码。<br><small lang="en">No code is waiting on the screen.</small></p>`;
  return `<div class="orders">${open.map((o) => {
    const [name, colour] = PROVIDERS[o.provider] || [o.provider, "#3A4650"];
    const body = { order_no: o.order_no, provider: o.provider };
    return `<div class="order"><svg class="art" width="64" height="104" viewBox="0 0 64 104" aria-hidden="true">
      <rect width="64" height="104" rx="11" fill="#14232E"/><rect x="5" y="9" width="54" height="86" rx="5" fill="#fff"/>
      <rect x="5" y="9" width="54" height="20" rx="5" fill="${colour}"/>${qrBlocks(14, 42, 36)}</svg>
      <div><span class="sum">${yuan(o.amount_fen)}</span><br>${esc(name)} · ${esc(o.subject)}<br><small><code>${esc(o.order_no)}</code> · ${esc(o.state)}</small></div>
      <div class="row">${button("devices/qr_payment/pay", "付款", "Pay", { kind: "go", body })}${button("devices/qr_payment/decline", "扫了不付", "Scan, don't pay", { body })}</div></div>`;
  }).join("")}</div>`;
}

/** What is owed, and what the office can do about it while somebody stands at the kiosk. */
function drawBiller(device) {
  const rows = device.state.debts.map((d) => `<tr><td>${esc((BILLERS[d.institution] || [d.institution])[0])}</td><td><code>${esc(d.account)}</code></td>
    <td>${esc(d.period)}</td><td class="n">${yuan(d.amount_fen)}${d.late_fee_fen ? ` <small>+${yuan(d.late_fee_fen)}</small>` : ""}</td></tr>`).join("");
  const table = rows ? `<table class="debts"><tbody>${rows}</tbody></table>` : `<p class="empty">谁也不欠费。 <small lang="en">Nobody owes anything.</small></p>`;
  const account = device.state.debts.length ? device.state.debts[0].account : "";
  const act = (name, zh, en, body) => button(`devices/biller/${name}`, zh, en, { body, enabled: !body.account || Boolean(account) });
  return `${table}<div class="row">${act("change_amount", "第一户加 5 元", "first bill +5", { account, fen: 500 })}${act("late_fee", "加滞纳金 1 元", "late fee +1", { account, fen: 100 })}
    ${act("finish_pending", "办完待处理的", "finish pending", {})}${act("new_debts", "大家重新欠费", "everybody owes again", {})}
    ${button("clock", "过一天", "a day later", { body: { jump: 86400 } })}</div>`;
}

function drawPrinter(device) {
  const s = device.state;
  const [level, zh, en] = !s.plugged ? ["bad", "线拔掉了", "unplugged"]
    : s.cutter !== "ok" ? ["bad", "切刀卡住", "cutter jammed"]
      : s.cover === "open" ? ["bad", "盖子开着", "cover open"]
        : s.paper === "out" ? ["bad", "没纸", "out of paper"]
          : s.stalled ? ["bad", "打不动", "stalled"]
            : s.printing ? ["ok", "正在打印", "printing"]
              : s.paper === "low" ? ["warn", "纸快用完", "paper low"] : ["ok", "就绪", "ready"];
  const act = (name, a, b, body) => button(`devices/receipt_printer/${name}`, a, b, { body });
  const waiting = s.buffered_bytes ? `<p class="hint">缓冲区里还有 ${s.buffered_bytes} 字节 <small lang="en">bytes wait in the buffer</small></p>` : "";
  return `${sign(level, zh, en)}${waiting}<div class="row">
    ${s.paper === "out" ? act("paper_in", "装新纸", "New roll") : act("paper_out", "取走纸", "Take paper")}
    ${act("paper_out_after", "再打 6 行没纸", "Out in 6 lines", { lines: 6 })}${act("paper_low", "纸快完", "Low")}
    ${s.cover === "open" ? act("cover_close", "合盖", "Close") : act("cover_open", "开盖", "Open cover")}
    ${s.cutter !== "ok" ? act("clear_jam", "清卡纸", "Clear jam") : act("jam", "卡刀", "Jam")}${act("power_cycle", "关机再开", "Off and on")}</div>`;
}

/** `shown`: number of the receipt on view, 0 for the paper that hangs out. */
function drawPaper(state, shown) {
  const receipt = state.receipts.find((r) => r.number === shown);
  if (shown === 0 && state.printed) {
    return `<div class="slot"></div><img src="api/receipts/0.png?${state.printed}" alt="正在打的小票 receipt being printed">`;
  }
  if (!receipt) return `<div class="slot"></div><p>还没有小票。<br><small lang="en">No receipt yet.</small></p>`;
  const torn = receipt.torn ? "，没切断 torn" : "";
  return `<div class="slot"></div><img src="api/receipts/${receipt.number}.png" alt="小票 receipt ${receipt.number}${torn}">`;
}

function drawReceipts(state, shown) {
  const hanging = state.printed ? [{ number: 0 }] : [];
  return [...hanging, ...[...state.receipts].reverse()].map((r) =>
    `<button type="button" class="button" data-receipt="${r.number}" aria-pressed="${r.number === shown}">${r.number ? `${r.number} 号${r.torn ? " ✕" : ""}` : "正在打"}</button>`).join("");
}

function drawCable(device) {
  const inn = device.state.plugged ?? device.state.reachable;
  const plug = inn ? "M0 17H150M150 9v16h26v-16zM176 13h8M176 21h8" : "M0 17H118M118 9v16h26v-16zM144 13h8M144 21h8";
  const colour = inn ? "#0B5A5C" : "#A3201A";
  return `<button type="button" class="cable${inn ? "" : " out"}" data-post="devices/${device.id}/${inn ? "unplug" : "plug"}" data-body="{}">
    <svg viewBox="0 0 240 34" aria-hidden="true"><path d="${plug}" fill="none" stroke="${colour}" stroke-width="4"/><rect x="184" y="4" width="50" height="26" rx="5" fill="#14232E"/></svg>
    <b>${esc(device.zh)} <span>${inn ? "拔线 <small lang=\"en\">pull</small>" : "插上 <small lang=\"en\">plug in</small>"}</span></b></button>`;
}

const FAULTS = [
  ["terminal", "缴费终端", "Payment terminal", [
    ["cancel", "住户取消", "cancelled"], ["no_answer", "扣了款没回话", "charges, never answers"], ["answer_late", "20 秒后才回话", "answers late", { seconds: 20 }],
    ["crash_after_charge", "扣款后重启", "reboots after charging", { seconds: 8 }], ["decline", "拒绝", "declines", { code: "51" }],
    ["code_after_charge", "扣款后只回错误码", "charges, answers a code only", { code: "999" }],
    ["code_without_charge", "没扣款只回错误码", "no charge, a code only", { code: "999" }],
    ["silent", "死机 15 秒", "hangs", { seconds: 15 }], ["duplicate_answer", "回话两遍", "answers twice"], ["drop_ack", "不确认", "drops an ack"],
    ["coupon", "优惠 2 元", "coupon", { fen: 200 }]]],
  ["receipt_printer", "小票打印机", "Receipt printer", [
    ["paper_out_after", "打 6 行没纸", "paper ends in 6 lines", { lines: 6 }], ["cutter_jam", "切刀卡住", "cutter jams"],
    ["paper_out", "没纸", "paper out"], ["paper_low", "纸将用完", "paper low"], ["stall", "停 10 秒", "stalls", { seconds: 10 }], ["silent", "15 秒不回状态", "no status", { seconds: 15 }], ["cover_open", "盖子弹开", "cover springs open"],
    ["usb_hang", "USB 不收数据", "USB takes no data"], ["no_port_status", "USB 不答端口状态", "no USB port status"]]],
  ["terminal_zvt", "缴费终端（ZVT）", "Payment terminal (ZVT)", [
    ["decline", "拒绝", "declines", { code: "64" }], ["cancel", "住户取消", "cancelled"], ["info_lost", "没说付了款", "status never sent"],
    ["answer_unheard", "没听见回答", "our answer unheard"], ["completion_lost", "付成了没回话", "completion lost"], ["status_twice", "说两遍", "status twice"],
    ["wrong_amount", "金额不对", "wrong amount"], ["wrong_currency", "币种不对", "wrong currency"], ["unmasked_pan", "卡号没遮住", "unmasked card number"],
    ["print_lines", "要打印", "sends lines to print"], ["trace_reset", "流水号重来", "numbers begin anew"], ["forgets_registration", "忘了登记", "forgets who we are"],
    ["please_wait", "请稍候", "please wait"], ["asks_patience", "要等 5 分钟", "asks for patience", { minutes: 5 }],
    ["reversal_impossible", "不能撤销", "reversal impossible"], ["silent", "没反应", "hangs"],
    ["nak", "不接受", "NAK"], ["wrong_crc", "校验错", "wrong CRC"], ["ack_lost", "确认丢了", "ack lost"]]],
  ["terminal_zvt_tcp", "缴费终端（ZVT 网口）", "Payment terminal (ZVT over TCP)", [
    ["decline", "拒绝", "declines", { code: "64" }], ["cancel", "住户取消", "cancelled"], ["info_lost", "没说付了款", "status never sent"],
    ["answer_unheard", "没听见回答", "our answer unheard"], ["completion_lost", "付成了没回话", "completion lost"], ["status_twice", "说两遍", "status twice"],
    ["wrong_amount", "金额不对", "wrong amount"], ["wrong_currency", "币种不对", "wrong currency"], ["unmasked_pan", "卡号没遮住", "unmasked card number"],
    ["print_lines", "要打印", "sends lines to print"], ["trace_reset", "流水号重来", "numbers begin anew"], ["forgets_registration", "忘了登记", "forgets who we are"],
    ["please_wait", "请稍候", "please wait"], ["asks_patience", "要等 5 分钟", "asks for patience", { minutes: 5 }],
    ["reversal_impossible", "不能撤销", "reversal impossible"], ["silent", "没反应", "hangs"]]],
  ["document_printer", "文件打印机", "Document printer", [
    ["jam", "卡纸", "jams"], ["aborts", "半路放弃", "gives a job up"], ["short", "少印一面", "a side too few"], ["uncounted", "不报页数", "counts nothing"],
    ["busy", "说在忙", "says busy"], ["job_lost", "忘了任务", "forgets its jobs"], ["answer_lost", "做了没回话", "acts, never answers"],
    ["http_5xx", "出错 503", "503", { status: 503 }], ["half_answer", "回话只有一半", "half an answer"], ["garbage_answer", "回话是乱码", "garbage"],
    ["wrong_type", "回了网页", "answers a web page"], ["slow", "慢 4 秒", "slow", { seconds: 4 }], ["silent", "没反应", "hangs"]]],
  ["document_scanner", "扫描仪", "Document scanner", [
    ["cover_open", "盖子开着", "cover open"], ["busy", "说在忙", "says busy"], ["jam", "卡住", "jams"], ["hangs", "扫到一半不动", "hangs"],
    ["half", "一半就出错", "an error half-way"], ["half_quiet", "只给一半，不说", "half a picture, unsaid"], ["silent", "没反应", "answers nothing"]]],
  ["scanner_hid", "键盘式扫码器", "Keyboard-type scanner", [
    ["syn_dropped", "漏键", "kernel drops keys"], ["stuck_shift", "Shift 卡住", "shift sticks"], ["half_code", "只打一半", "half a code"],
    ["caps_lock", "大写锁定", "caps lock"], ["key_repeats", "按住不放", "a key repeats"], ["second_node", "走第二个接口", "second node"]]],
  ["bp_meter", "血压计", "Blood-pressure meter", [
    ["start_refused", "不肯开始", "refuses to start"], ["stop_ignored", "停了不回话", "stop not acknowledged"], ["stop_unheard", "停不下来", "stop unheard"],
    ["over_pressure", "压力过高", "over-pressure"], ["leak", "漏气", "cuff leaks"], ["movement", "手臂在动", "arm moves"], ["no_pulse", "摸不到脉搏", "no pulse"],
    ["no_result", "没有结果", "no result"], ["link_stalls", "中途没声音", "falls silent"], ["repeat", "结果说两遍", "tells twice"], ["silent", "没反应", "hangs"]]],
  ["bp_meter_standard", "标准血压计", "Standard meter", [
    ["nan", "没有读数", "no reading (NaN)"], ["abort", "中断", "aborts"], ["repeat", "又报一遍", "reports again"],
    ["half_config", "配置只有一半", "half a configuration"], ["silent", "没反应", "hangs"]]],
  ["rice_mill", "碾米机", "Rice mill", [
    ["level_stall", "档位卡住", "level motor stalls"], ["level_timeout", "档位超时", "level time-out"],
    ["valve_1_timeout", "一号阀超时", "valve 1 time-out"], ["valve_2_timeout", "二号阀超时", "valve 2 time-out"],
    ["valve_1_stall", "一号阀卡住", "valve 1 stalls"], ["valve_2_stall", "二号阀卡住", "valve 2 stalls"],
    ["scale_silent", "秤没反应", "scale silent"], ["scale_bad", "秤乱报", "scale data bad"], ["short_weight", "称少了", "weighs too little"], ["motor_overcurrent", "电机过流", "motor over-current"],
    ["door_up_timeout", "门升超时", "door up time-out"], ["door_down_timeout", "门降超时", "door down time-out"], ["door_stall", "门卡住", "door stalls"],
    ["board_overcurrent", "主板过流", "board over-current"], ["unheard", "没听见", "request unheard"], ["answer_lost", "回话丢了", "answer lost"], ["silent", "没反应", "hangs"]]],
  ["booklet_dispenser", "病历本机", "Booklet dispenser", [
    ["dispense_unheard", "没听见", "dispense unheard"], ["nak", "不接受", "NAK"], ["ack_lost", "确认丢了", "ack lost"], ["answer_lost", "回话丢了", "answer lost"],
    ["failure", "发不出", "fails"], ["jam", "卡住", "jams"], ["stays", "收不回", "stays in the slot"], ["silent", "没反应", "hangs"]]],
  ["id_reader", "身份证阅读器", "ID-card reader", [
    ["unauthorised", "没有授权", "unauthorised"], ["select_fails", "选卡失败", "select fails"], ["read_fails", "读卡失败", "read fails"],
    ["corrupt_read", "读错一位", "corrupt reading"], ["silent", "没反应", "hangs"]]],
  ["biller", "收费单位", "Biller", [
    ["timeout_after_acting", "入账后没回话", "posts, then times out"], ["timeout_before_acting", "没入账也没回话", "times out first"],
    ["http_5xx", "出错 5xx", "5xx"], ["bad_signature", "签名不对", "bad signature"], ["pending", "处理中", "pending"],
    ["refuse", "拒绝入账", "refuses", { code: "EQ0007" }], ["slow", "慢 6 秒", "slow", { seconds: 6 }], ["duplicate", "重复回答", "duplicate"]]],
  ["qr_payment", "手机支付", "Phone payment", [
    ["timeout_after_acting", "办了没回话", "acts, then times out"], ["timeout_before_acting", "没办也没回话", "times out first"],
    ["http_5xx", "出错 5xx", "5xx"], ["bad_signature", "签名不对", "bad signature"], ["slow", "慢 6 秒", "slow", { seconds: 6 }],
    ["tls_wrong", "证书不对", "wrong certificate"]]],
  ["terminal", "终端的线路", "The terminal's wire", [
    ["drop", "丢一段", "drop"], ["corrupt", "错一位", "corrupt"], ["truncate", "半帧", "half a frame"], ["duplicate", "重复", "duplicate"],
    ["garbage", "乱码", "garbage"], ["delay", "迟 3 秒", "delay", { seconds: 3 }], ["wrong_device", "别的设备的回答", "another device"], ["baud", "波特率不对", "wrong baud"]]],
];

const drawFaults = () => FAULTS.map(([device, zh, en, kinds]) => `<div><h3>${both(zh, en)}</h3><div class="row">${kinds.map(([kind, a, b, params]) =>
  `<button type="button" class="button" data-fault="${kind}" data-device="${device}" data-params="${esc(JSON.stringify(params || {}))}">${both(a, b)}</button>`).join("")}</div></div>`).join("");

function drawActive(faults) {
  return faults.map((f) => {
    const group = FAULTS.find(([d, , , kinds]) => d === f.device && kinds.some((k) => k[0] === f.kind));
    const words = group && group[3].find((k) => k[0] === f.kind);
    const often = f.count === null ? (f.probability < 1 ? `${Math.round(f.probability * 100)} %` : "一直") : `${f.count} 次`;
    const name = words ? `${esc(group[1])}：${esc(words[1])}` : `${esc(f.device)} ${esc(f.kind)}`;
    return `<button type="button" data-clear="${esc(f.device)}" data-kind="${esc(f.kind)}" aria-label="排除 clear ${esc(f.device)} ${esc(f.kind)}">${name} <small>${often}</small> ✕</button>`;
  }).join("");
}

/** One row an order: what was charged anywhere, given back, and posted for its lines. */
function drawBooks(ledger) {
  const orders = new Map();
  const row = (no) => orders.get(no) || orders.set(no, { by: "", charged: 0, refunded: 0, posted: 0, charges: 0 }).get(no);
  for (const [no, t] of Object.entries(ledger.terminal || {})) {
    Object.assign(row(no), { by: "终端", charged: t.charged_fen + t.coupon_fen, refunded: t.refunded_fen, charges: t.charges });
  }
  for (const name of ["alipay", "wechat"]) {
    for (const t of ledger[name] || []) {
      const r = row(t.order_no);
      r.by += (r.by && " + ") + PROVIDERS[name][0];
      r.charged += t.charged_fen; r.refunded += t.refunded_fen; r.charges += t.charges;
    }
  }
  for (const p of ledger.biller || []) row(p.order_no.replace(/L\d+$/, "")).posted += p.posted_fen;
  if (!orders.size) return `<p class="empty">还没有人付过钱。 <small lang="en">Nobody has paid yet.</small></p>`;
  const body = [...orders].reverse().map(([no, r]) => {
    const rest = r.charged - r.refunded - r.posted;
    return `<tr class="${rest || r.charges > 1 ? "odd-money" : ""}"><td><code>${esc(no)}</code></td><td>${esc(r.by)}</td><td class="n">${r.charges}</td><td class="n">${yuan(r.charged)}</td><td class="n">${yuan(r.refunded)}</td><td class="n">${yuan(r.posted)}</td><td class="n">${rest ? yuan(rest) : "✓"}</td></tr>`;
  }).join("");
  const head = [["订单", "order"], ["付款", "by"], ["扣款次数", "charges", 1], ["收了", "charged", 1], ["退了", "refunded", 1], ["入账", "posted", 1], ["还差", "open", 1]];
  return `<table><thead><tr>${head.map(([a, b, n]) => `<th${n ? ' class="n"' : ""} scope="col">${both(a, b)}</th>`).join("")}</tr></thead><tbody>${body}</tbody></table>`;
}

// Machines that have no picture of their own: what they say of themselves, and what can be done.
const PICTURED = new Set(["terminal", "scanner", "receipt_printer", "biller", "qr_payment"]);

/** `{a: 1, b: {c: 2}}` as `[["a", 1], ["b c", 2]]`. */
function facts(state, before = "") {
  return Object.entries(state).filter(([name]) => name !== "plugged").flatMap(([name, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? facts(value, `${before}${name} `) : [[before + name, value]]);
}

/** An action as a button, or as a form if it has parameters. */
function drawAction(device, action) {
  const path = `devices/${device.id}/${action.name}`;
  const params = Object.entries(action.params);
  if (!params.length) return button(path, action.zh, action.en);
  const inputs = params.map(([name, value]) =>
    `<label>${esc(name)} <input name="${esc(name)}" value="${esc(value)}" data-number="${typeof value === "number"}" autocomplete="off"></label>`).join("");
  return `<form class="action" data-path="${esc(path)}">${inputs}<button class="button">${both(action.zh, action.en)}</button></form>`;
}

function drawMachine(device) {
  const rows = facts(device.state).map(([name, value]) => `<dt>${esc(name)}</dt><dd>${esc(value)}</dd>`).join("");
  const actions = device.actions.filter((a) => a.name !== "plug" && a.name !== "unplug");
  return `<article class="machine"><h3>${both(device.zh, device.en)}</h3>${pictureOf(device.state)}<dl>${rows}</dl><div class="row">${actions.map((a) => drawAction(device, a)).join("")}</div></article>`;
}

/** The document printer: a stack of what came out, two paper trays of 250 sheets, toner. */
function drawTrays(state) {
  const tray = ([name, sheets], i) => {
    const width = Math.round((Math.min(250, sheets) / 250) * 146);
    return `<g transform="translate(20 ${66 + i * 26})"><rect width="150" height="20" rx="4" fill="#fff" stroke="#b9b19c"/><rect x="2" y="2" width="${width}" height="16" rx="3" fill="${sheets ? "#D9D2C0" : "none"}"/><text x="75" y="15" text-anchor="middle" font-size="12" fill="#14232E">${esc(name)} 号盒 tray · ${sheets} 张</text></g>`;
  };
  const bad = state.state === "stopped", work = state.state === "processing";
  const lid = state.cover === "open" ? `<path d="M20 20L170 2v8L20 28Z" fill="#857C65"/>` : `<rect x="20" y="20" width="150" height="8" rx="3" fill="#857C65"/>`;
  const paper = Math.min(16, Math.ceil(state.sheets / 4));
  const toner = `<g transform="translate(200 30)"><rect width="22" height="80" rx="5" fill="#fff" stroke="#b9b19c"/><rect x="2" y="${78 - Math.round(state.toner * 0.76)}" width="18" height="${Math.round(state.toner * 0.76)}" rx="3" fill="#14232E"/><text x="11" y="94" text-anchor="middle" font-size="11" fill="#14232E">墨 ${state.toner}%</text></g>`;
  return `<svg class="cuff" viewBox="0 0 280 126" role="img" aria-label="trays, toner">${lid}<rect x="12" y="28" width="166" height="92" rx="8" fill="#E2DAC6"/><rect x="30" y="${46 - paper}" width="130" height="${paper}" fill="#fff" stroke="#b9b19c" stroke-width=".5"/><circle cx="166" cy="52" r="5" fill="${bad ? "#A3201A" : work ? "#0B5C5A" : "#9BB7A4"}"/><text x="95" y="60" text-anchor="middle" font-size="11" fill="#14232E">${esc(state.job)}</text>${Object.entries(state.trays).map(tray).join("")}${toner}</svg>`;
}

/** Two bins of rice, 20 kg each, and what lies behind the door. */
function drawBins(state) {
  const bin = (grams, x, name) => {
    const height = Math.round(Math.min(1, grams / 20000) * 70);
    return `<g transform="translate(${x} 0)"><rect width="70" height="74" rx="6" fill="#F1ECE0" stroke="#b9b19c"/><rect x="2" y="${72 - height}" width="66" height="${height}" rx="4" fill="#D9B45B"/><text x="35" y="90" text-anchor="middle" font-size="12" fill="#14232E">${name} ${(grams / 1000).toFixed(1)} kg</text></g>`;
  };
  const door = `<g transform="translate(200 0)"><rect width="70" height="74" rx="6" fill="${state.door === "open" ? "#fff" : "#E2DAC6"}" stroke="#0B5C5A" stroke-width="2"/><text x="35" y="42" text-anchor="middle" font-size="13" fill="#14232E">${state.tray} g</text><text x="35" y="90" text-anchor="middle" font-size="12" fill="#14232E">${state.door === "open" ? "门开 open" : "门关 closed"}</text></g>`;
  return `<svg class="cuff" viewBox="0 0 280 96" role="img" aria-label="rice bins">${bin(state.bins["1"], 5, "1")}${bin(state.bins["2"], 100, "2")}${door}</svg>`;
}
