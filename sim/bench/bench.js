// The page's life: asks for the state, redraws what has changed, sends what is pressed.
"use strict";

const POLL_MS = 700;
const KIOSK_MS = 1000;
const byId = (id) => document.getElementById(id);
const drawn = new Map();
let shown = null; // the receipt chosen by hand, null: the newest
let state = null;
let bills = [];
let saidTimer = 0;

/** Replace an element's content only when it differs: a redraw would swallow a press. */
function show(id, html) {
  if (drawn.get(id) === html) return;
  drawn.set(id, html);
  byId(id).innerHTML = html;
}

function say(text, bad = false) {
  const said = byId("said");
  said.textContent = text;
  said.classList.toggle("bad", bad);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => { said.textContent = ""; }, bad ? 5000 : 1800);
}

async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`api/${path}`, options);
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error || answer.statusText);
  return data;
}

/** Do something, say what went wrong if it did, and look again at once. */
async function press(method, path, body) {
  try {
    await call(method, path, body);
  } catch (error) {
    say(error.message, true);
  }
  await look();
}

function redraw() {
  const device = Object.fromEntries(state.devices.map((d) => [d.id, d]));
  const date = new Date((state.time + 8 * 3600) * 1000).toISOString();
  show("clock", `${date.slice(0, 10)} ${date.slice(11, 19)} · seed ${state.seed}`);
  const scanner = device.scanner.state;
  show("scanner", scanner.plugged ? sign("ok", `扫码器就绪，扫过 ${scanner.scans} 次`, "scanner ready") : sign("bad", "扫码器线拔掉了", "scanner unplugged"));
  show("bills", bills.map((bill) => drawBill(bill, scanner.plugged)).join(""));
  show("terminal", drawTerminal(device.terminal));
  show("phone", drawPhone(device.qr_payment));
  show("biller", drawBiller(device.biller));
  show("printer", drawPrinter(device.receipt_printer));
  const last = state.receipts.at(-1);
  const newest = state.printed ? 0 : last ? last.number : 0;
  const chosen = shown !== null && state.receipts.some((r) => r.number === shown) ? shown : newest;
  show("paper", drawPaper(state, chosen));
  show("receipts", drawReceipts(state, chosen));
  // A redraw would take away what somebody is typing.
  if (!byId("machines").contains(document.activeElement) || document.activeElement.tagName !== "INPUT") {
    show("machines", state.devices.filter((d) => !PICTURED.has(d.id)).map(drawMachine).join(""));
  }
  show("cables", state.devices.map(drawCable).join(""));
  show("active", drawActive(state.faults));
  byId("kiosk").hidden = state.kiosk.display === null;
  show("kiosk-reason", esc(state.kiosk.reason));
}

async function look() {
  try {
    const [fresh, ledger] = await Promise.all([call("GET", "state"), call("GET", "ledger")]);
    if (state && fresh.receipts.length && fresh.receipts.at(-1).number !== state.receipts.at(-1)?.number) shown = null;
    state = fresh;
    redraw();
    show("books", drawBooks(ledger));
    byId("lost").hidden = true;
  } catch (error) {
    byId("lost").hidden = false;
    console.error(error);
  }
}

async function poll() {
  if (!document.hidden) await look();
  setTimeout(poll, POLL_MS);
}

function kioskPicture() {
  const picture = byId("kiosk-picture");
  const again = () => setTimeout(kioskPicture, KIOSK_MS);
  if (document.hidden || byId("kiosk").hidden) { again(); return; }
  const next = new Image();
  next.onload = () => { picture.src = next.src; again(); };
  next.onerror = again;
  next.src = `api/kiosk.png?${Date.now()}`;
}

async function kioskClick(event) {
  const picture = event.currentTarget;
  // The picture is half the display's size; the border belongs to the frame, not the glass.
  const scale = (2 * picture.naturalWidth) / picture.clientWidth;
  const box = picture.getBoundingClientRect();
  const x = Math.round((event.clientX - box.left - picture.clientLeft) * scale);
  const y = Math.round((event.clientY - box.top - picture.clientTop) * scale);
  if (x >= 0 && y >= 0) await press("POST", "kiosk/click", { x, y });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target) return;
  const data = target.dataset;
  if (data.post) press("POST", data.post, JSON.parse(data.body));
  else if (data.receipt) { shown = Number(data.receipt); redraw(); }
  else if (data.clear) press("DELETE", `faults?device=${encodeURIComponent(data.clear)}&kind=${encodeURIComponent(data.kind)}`);
  else if (data.fault) {
    const often = document.querySelector("input[name=count]:checked").value;
    press("POST", "faults", { device: data.device, kind: data.fault, params: JSON.parse(data.params), count: often ? Number(often) : null });
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.action");
  if (!form) return;
  event.preventDefault();
  const entries = [...form.querySelectorAll("input")].map((input) => [input.name, input.dataset.number === "true" ? Number(input.value) : input.value]);
  document.activeElement.blur();
  press("POST", form.dataset.path, Object.fromEntries(entries));
});

byId("clear").addEventListener("click", () => press("DELETE", "faults"));
byId("setup-go").addEventListener("click", () => press("POST", `setups/${byId("setups").value}`, {}));
byId("kiosk-picture").addEventListener("click", kioskClick);
byId("scan-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = byId("scan-code").value.trim();
  if (!code) return;
  press("POST", "devices/scanner/scan", { code });
  byId("scan-code").value = ""; // it may be a payment code
});

async function begin() {
  try {
    bills = (await call("GET", "bills")).bills;
    const setups = (await call("GET", "setups")).setups;
    show("setups", setups.map((s) => `<option value="${esc(s.name)}">${esc(s.zh)} · ${esc(s.en)}</option>`).join(""));
  } catch (error) {
    say(error.message, true);
  }
  show("faults", drawFaults());
  poll();
  kioskPicture();
}

begin();
