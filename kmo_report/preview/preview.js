// Shows each scene that the server tells of, as soon as it does. The address after # says which
// view is open: #page, #pdf, or #source/<file>:<line>:<column>.

const at = (id) => document.getElementById(id);
const frame = at("document");
const name = document.title;
let scene = null; // what the server told last
let paper = null; // the pages of the PDF, once they were looked at
let pressing = false; // whether they are being made

// --- the views ------------------------------------------------------------------------------

const view = () => location.hash.slice(1).split("/")[0] || "page";

function open() {
  const known = ["page", "pdf", "source"].includes(view()) ? view() : "page";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${known}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const id of ["page", "pdf", "source"]) at(`view-${id}`).hidden = id !== known;
  notices();
  follow();
}

// What only one view needs is fetched when that one is open, and holds up nothing else.
function follow() {
  if (view() === "pdf") press().catch(console.error);
  if (view() === "source") source().catch(console.error);
}

function notices() {
  const { broken, empty } = scene ?? {};
  const failed = paper?.problems && paper.number < scene.good;
  const shown = {
    page: { "old-page": broken && !empty, "no-page": empty },
    pdf: {
      "old-pdf": paper?.number && (broken || failed),
      "no-pdf": !paper?.number && (empty || failed),
      making: pressing && !paper?.number,
    },
  };
  for (const [known, marks] of Object.entries(shown)) {
    for (const [id, holds] of Object.entries(marks)) at(id).hidden = !(holds && view() === known);
  }
  at("views").classList.toggle("old", !at("old-page").hidden || !at("old-pdf").hidden);
  frame.hidden = Boolean(empty);
}

// --- the page -------------------------------------------------------------------------------

const BLOCKS = "h1, h2, h3, p, li, caption, tr";
const MANY = 40; // of blocks that changed: then it is another document, and nothing stands out

const blocks = (page) =>
  [...page.querySelectorAll(BLOCKS)].filter((block) => !block.querySelector(BLOCKS));

function markChanges(before, after) {
  const [old, fresh] = [blocks(before), blocks(after)];
  if (!old.length) return;
  const same = (a, b) => a && b && a.textContent === b.textContent;
  let start = 0;
  while (same(old[start], fresh[start])) start += 1;
  let end = 0;
  while (end < fresh.length - start && same(old.at(-1 - end), fresh.at(-1 - end))) end += 1;
  const changed = fresh.slice(start, fresh.length - end);
  if (changed.length <= MANY) for (const block of changed) block.classList.add("changed");
}

const loaded = new Promise((done) => {
  if (frame.contentDocument?.readyState === "complete" && frame.contentWindow.location.href !== "about:blank") done();
  else frame.addEventListener("load", done, { once: true });
});

async function page() {
  const text = await (await fetch("document/")).text();
  await loaded;
  const shown = frame.contentDocument;
  // By the parser of the frame: there the style of the answer may stand inside of it.
  const fresh = new frame.contentWindow.DOMParser().parseFromString(text, "text/html");
  const { scrollX: left, scrollY: top } = frame.contentWindow;
  markChanges(shown, fresh);
  // Not loaded anew but changed where it stands: nothing flickers, and the place is kept.
  shown.replaceChild(shown.adoptNode(fresh.documentElement), shown.documentElement);
  frame.contentWindow.scrollTo({ left, top, behavior: "instant" });
}

// --- the PDF --------------------------------------------------------------------------------

async function press() {
  if (pressing) return;
  pressing = true;
  notices();
  try {
    while (view() === "pdf" && scene && !scene.empty && paper?.tried !== scene.good) {
      const { good: tried, run } = scene;
      const told = await (await fetch("paper")).json();
      if (run !== scene.run) continue;
      paper = { ...told, tried };
      sheets();
      put("pdf-problems", paper.problems);
      count();
    }
  } finally {
    pressing = false;
    notices();
  }
}

function sheets() {
  const place = at("sheets");
  const pictures = [...place.children];
  paper.sizes.forEach(([width, height], index) => {
    const picture = pictures[index] ?? place.appendChild(document.createElement("img"));
    const alt = place.dataset.alt;
    picture.alt = alt.replace("{page}", index + 1).replace("{pages}", paper.sizes.length);
    // The earlier picture stays until this one is there.
    Object.assign(picture, { width, height, src: `paper/${scene.run}-${paper.number}/${index + 1}` });
  });
  for (const picture of pictures.slice(paper.sizes.length)) picture.remove();
}

// --- the source -----------------------------------------------------------------------------

let turn = 0;

async function source() {
  const mine = (turn += 1);
  const [, key = "", line = "", column = ""] =
    decodeURIComponent(location.hash).match(/^#source\/(.*?)(?::(\d+))?(?::(\d+))?$/) ?? [];
  const wanted = key || at("file").dataset.key || at("file").dataset.first;
  const text = await (await fetch(`source/${wanted.split("/").map(encodeURIComponent).join("/")}`)).text();
  if (mine !== turn) return; // another was asked for since
  at("file").textContent = wanted.replace(/^\w+\//, "");
  at("file").dataset.key = wanted;
  const lines = text.replace(/\n$/, "").split("\n").map((words, index) => {
    const item = document.createElement("li");
    const code = item.appendChild(document.createElement("code"));
    code.textContent = words;
    if (index + 1 === Number(line)) {
      item.tabIndex = -1;
      item.setAttribute("aria-current", "location");
      if (column && words.length >= column) {
        const [rest] = words.slice(column - 1).match(/^(\w[\w.,'-]*\w|.)/u);
        const marked = document.createElement("mark");
        marked.textContent = rest;
        code.replaceChildren(words.slice(0, column - 1), marked, words.slice(column - 1 + rest.length));
      }
    }
    return item;
  });
  const top = at("view-source").scrollTop;
  at("lines").replaceChildren(...lines);
  const meant = at("lines").querySelector("[aria-current]");
  if (meant && at("lines").dataset.shown !== location.hash) {
    meant.scrollIntoView({ block: "center" });
    meant.focus({ preventScroll: true });
  } else at("view-source").scrollTop = top;
  at("lines").dataset.shown = location.hash;
}

// --- the problems ---------------------------------------------------------------------------

// Puts HTML of the server in place; what was open stays open, and the focus stays where it was.
function put(id, html) {
  const place = at(id);
  if (place.dataset.html === html) return;
  place.dataset.html = html;
  const mine = (item) => item.querySelector(".message").textContent;
  const opened = new Set([...place.querySelectorAll("details[open]")].map((it) => mine(it.closest("li"))));
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const item = focused?.closest("li");
  const tag = focused?.localName;
  const words = item && mine(item);
  place.innerHTML = html;
  for (const fresh of place.querySelectorAll("li")) {
    if (opened.has(mine(fresh))) fresh.querySelector("details").open = true;
    if (words === mine(fresh)) fresh.querySelector(tag)?.focus({ preventScroll: true });
  }
  if (focused && !place.contains(document.activeElement)) at("aside").focus({ preventScroll: true });
}

let pause = 0;

function count() {
  const summary = [scene.summary, paper?.summary && `PDF: ${paper.summary}`].filter(Boolean).join("; ");
  at("summary").textContent = summary;
  at("summary").className = scene.worst;
  document.title = scene.broken ? `⚠ ${name}` : name;
  // Said aloud when it is another, and has been so for a while: not at every letter.
  clearTimeout(pause);
  pause = setTimeout(() => {
    const notice = scene.broken && !scene.empty ? ` ${at("old-page").textContent}` : "";
    if (at("said").textContent !== summary + notice) at("said").textContent = summary + notice;
  }, 1000);
}

// --- what the server tells ------------------------------------------------------------------

let order = Promise.resolve(); // one scene after the other

async function show(told) {
  const again = !scene || told.good !== scene.good || told.run !== scene.run;
  if (told.run !== scene?.run) paper = null;
  scene = told;
  put("problems", told.problems);
  if (again) await page();
  notices();
  count();
  follow();
}

const events = new EventSource("events");
events.onmessage = ({ data }) => {
  order = order.then(() => show(JSON.parse(data))).catch(console.error);
};
events.onopen = () => { at("lost").hidden = true; };
events.onerror = () => { at("lost").hidden = false; };

addEventListener("hashchange", open);
open();
