"use strict";
/* Pictures of machines whose state says more than its words: by the state's own fields. */

const PICTURES = [
  ["pressure", (s) => drawMeter(s)],
  ["bins", (s) => drawBins(s)],
  ["trays", (s) => drawTrays(s)],
  ["hopper", (s) => drawDispenser(s)],
  ["card", (s) => drawReader(s)],
  ["original", (s) => drawGlass(s)],
];

/** The picture for a state, empty if it has none. */
function pictureOf(state) {
  const found = PICTURES.find(([field]) => state[field] !== undefined);
  return found ? found[1](state) : "";
}

/** A cuff with a person's arm in it: its pressure, and what the person's would be. */
function drawMeter(state) {
  const person = state.person || {};
  const grip = Math.round(Math.min(1, state.pressure / 300) * 10);
  const words = person.systolic ? `${person.systolic}/${person.diastolic} mmHg · 脉搏 pulse ${person.pulse}` : "";
  return `<svg class="cuff" viewBox="0 0 300 104" role="img" aria-label="${esc(state.pressure)} mmHg, ${esc(words)}">
    <rect x="0" y="38" width="300" height="26" rx="13" fill="#E8C9A8"/><circle cx="287" cy="51" r="13" fill="#E8C9A8"/>
    <rect x="90" y="${24 + grip}" width="90" height="${54 - 2 * grip}" rx="10" fill="#0B5C5A"/>
    <text x="135" y="56" text-anchor="middle" font-size="16" fill="#fff">${esc(state.pressure)}</text>
    <rect y="86" width="300" height="8" rx="4" fill="#F1ECE0"/><rect y="86" width="${Math.min(300, state.pressure)}" height="8" rx="4" fill="#0B5C5A"/>
    <text x="150" y="14" text-anchor="middle" font-size="13" fill="#14232E">${esc(words)}</text></svg>`;
}

/** A hopper of 50 booklets, the slot with or without one in it, and the bin of those called back. */
function drawDispenser(state) {
  const height = Math.round(Math.min(1, state.hopper / 50) * 70);
  const inSlot = ["at_take", "at_read", "moving", "calling_back"].includes(state.place);
  const booklet = `<rect x="128" y="40" width="46" height="14" rx="2" fill="#1D5B2F"/>`;
  return `<svg class="cuff" viewBox="0 0 300 104" role="img" aria-label="hopper ${esc(state.hopper)}, ${esc(state.place)}">
    <rect x="10" y="4" width="70" height="76" rx="6" fill="#F1ECE0" stroke="#b9b19c"/><rect x="14" y="${78 - height}" width="62" height="${height}" rx="3" fill="#1D5B2F"/>
    <text x="45" y="98" text-anchor="middle" font-size="12" fill="#14232E">库存 ${esc(state.hopper)} 本</text>
    <rect x="110" y="30" width="80" height="34" rx="6" fill="#fff" stroke="${state.jammed ? "#A3201A" : "#857C65"}" stroke-width="2"/>${inSlot ? booklet : ""}
    <text x="150" y="98" text-anchor="middle" font-size="12" fill="#14232E">${esc(state.place)}${state.jammed ? " · 卡住 jam" : ""}</text>
    <rect x="220" y="30" width="70" height="50" rx="6" fill="#E2DAC6" stroke="#b9b19c"/><text x="255" y="60" text-anchor="middle" font-size="14" fill="#14232E">${esc(state.bin)}</text>
    <text x="255" y="98" text-anchor="middle" font-size="12" fill="#14232E">回收 bin</text></svg>`;
}

/** The scanner's glass from above, with what lies in its corner. */
function drawGlass(state) {
  const words = { page: "一页纸 a page", card_front: "身份证照片面 card, front", card_back: "身份证国徽面 card, back" }[state.original] || "玻璃板空着 nothing on it";
  const [w, h] = state.original === "page" ? [58, 82] : [27, 17];
  const lies = state.original ? `<rect x="122" y="6" width="${w}" height="${h}" rx="2" fill="#fff" stroke="#14232E"/>` : "";
  return `<svg class="cuff" viewBox="0 0 300 112" role="img" aria-label="${esc(words)}">
    <rect x="114" y="0" width="72" height="96" rx="5" fill="#E2DAC6" stroke="${state.scanning ? "#0B5C5A" : "#857C65"}" stroke-width="2"/><rect x="120" y="4" width="60" height="88" fill="#E6EFEB"/>${lies}
    <text x="150" y="108" text-anchor="middle" font-size="12" fill="#14232E">${esc(words)}${state.scanning ? " · 正在扫 scanning" : ""}</text></svg>`;
}

/** A reading surface, with a card on it or without. */
function drawReader(state) {
  const card = `<rect x="95" y="14" width="110" height="66" rx="7" fill="#CFE3DF" stroke="#0B5C5A"/><rect x="162" y="24" width="34" height="42" rx="4" fill="#B9B19C"/>
    <rect x="105" y="28" width="46" height="6" rx="3" fill="#14232E"/><rect x="105" y="42" width="38" height="5" rx="2" fill="#6b6a62"/><rect x="105" y="66" width="90" height="6" rx="3" fill="#14232E"/>`;
  return `<svg class="cuff" viewBox="0 0 300 96" role="img" aria-label="${state.card ? "a card lies on it" : "no card"}">
    <rect x="60" y="4" width="180" height="88" rx="10" fill="#F1ECE0" stroke="#b9b19c"/>${state.card ? card : `<text x="150" y="52" text-anchor="middle" font-size="13" fill="#6b6a62">把身份证放在这里 lay a card here</text>`}</svg>`;
}
