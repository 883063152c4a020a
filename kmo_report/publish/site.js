// Searches the answers in index.js, which is fetched as a script when it is first wanted: so all
// of it works from a folder too, without a server. Its words come from the page.
"use strict";

const form = document.getElementById("form");
const input = document.getElementById("zoek");
const selects = [...form.querySelectorAll("select")];
const results = document.getElementById("results");
const list = results.querySelector("ol");
const status = document.getElementById("status");
const found = document.getElementById("found");
const note = document.getElementById("note");
const more = document.getElementById("more");
const browse = document.getElementById("browse");
const home = document.title;

const PAGE = 20; // results at a time
const WIDEST = 500; // words that a beginning may stand for
const SHORTEST = 4; // letters of what is taken for a word
const STEPS = 8; // a posting is a gap times this, and a weight
const BEGINNING = 0.6, PARTS = 0.5; // what a match is worth that is not of the whole word

let index = null; // once it is there
let loading = false;
let shown = []; // what was found
let timer = 0;

// --- the index ---

/** Fetch it, once; then show what is asked. */
function load() {
  if (index || loading) return;
  loading = true;
  const script = document.createElement("script");
  script.src = form.dataset.index;
  script.addEventListener("load", () => {
    index = self.kmoIndex;
    index.words = index.words ? index.words.split(" ") : [];
    index.grammar = new Set(index.grammar.split(" "));
    show();
  });
  script.addEventListener("error", () => {
    loading = false;
    if (asked()) tell(form.dataset.missing);
  });
  document.head.append(script);
}

/** A word as the index has it. */
function folded(word) {
  return word.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
}

/** The words of a question, each as it is looked up. */
function words(text) {
  const pattern = /\b[a-z][ -]?\d{1,3}\b|\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{N}]+(?:['’&-][\p{L}\p{N}]+)*/giu;
  const wanted = [];
  for (const [word] of text.normalize("NFC").matchAll(pattern)) {
    const pieces = word.split(/[\s'’&-]/).map(folded).filter(piece => /..|\d/.test(piece));
    const whole = folded(word);
    // What nobody wrote as one word is looked for as several.
    if (pieces.length && !known(whole)) wanted.push(...pieces);
    else wanted.push(whole);
  }
  return [...new Set(wanted)].filter(word => word && !index.grammar.has(word));
}

/** Where a word stands among the words of the index, or would stand. */
function place(word) {
  let low = 0, high = index.words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index.words[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

function known(word) {
  return index.words[place(word)] === word;
}

/** The answers that a term stands in: number -> how much it says there. */
function answers(term) {
  const postings = index.postings[term];
  const rarity = Math.log(1 + (index.answers.length - postings.length + 0.5) / (postings.length + 0.5));
  const scores = new Map();
  let number = 0;
  for (const posting of postings) {
    number += Math.floor(posting / STEPS);
    scores.set(number, rarity * (posting % STEPS));
  }
  return scores;
}

/** The answers that a word is found in: as it is, as what it is made of, as a beginning. */
function matches(word) {
  const scores = new Map();
  const add = (found, share) => {
    for (const [number, score] of found) {
      scores.set(number, Math.max(scores.get(number) || 0, score * share));
    }
  };
  const at = place(word);
  if (index.words[at] === word) {
    const [whole, ...parts] = index.terms[at];
    add(answers(whole), 1);
    if (parts.length) {
      const each = parts.map(answers);
      const all = [...each[0]].filter(([number]) => each.every(scores => scores.has(number)));
      add(all.map(([number]) => [number, Math.min(...each.map(scores => scores.get(number)))]), PARTS);
    }
  }
  const begin = beginning => {
    const seen = new Set();
    for (let next = place(beginning); next < index.words.length && seen.size < WIDEST; next++) {
      if (!index.words[next].startsWith(beginning)) break;
      seen.add(index.terms[next][0]);
    }
    for (const term of seen) add(answers(term), BEGINNING);
  };
  if (word.length > 1) begin(word);
  if (scores.size || /\d/.test(word)) return scores;
  // A compound that nobody wrote: of two words that somebody did, with what links them or without.
  for (let end = word.length - SHORTEST; end >= SHORTEST; end--) {
    const first = ["", "s", "en", "e"].filter(link => word.slice(0, end).endsWith(link))
      .map(link => word.slice(0, end - link.length)).find(known);
    if (!first || !known(word.slice(end))) continue;
    const [one, other] = [first, word.slice(end)].map(part => answers(index.terms[place(part)][0]));
    add([...one].filter(([number]) => other.has(number)), PARTS);
    if (scores.size) return scores;
  }
  // Another ending than anybody wrote.
  for (let cut = 1; cut <= 3 && !scores.size && word.length - cut >= SHORTEST; cut++) {
    begin(word.slice(0, -cut));
  }
  return scores;
}

/** The answers to words, the best first; whether each has all of the words. */
function search(text) {
  const wanted = words(text);
  if (!wanted.length) return [index.answers.map((_, number) => number), true];
  const sums = new Map();
  for (const word of wanted) {
    for (const [number, score] of matches(word)) {
      const [count, sum] = sums.get(number) || [0, 0];
      sums.set(number, [count + 1, sum + score]);
    }
  }
  const most = Math.max(0, ...[...sums.values()].map(([count]) => count));
  const best = [...sums].filter(([, [count]]) => count === most);
  best.sort(([one, [, a]], [other, [, b]]) => b - a || one - other);
  return [best.map(([number]) => number), most === wanted.length];
}

// --- the page ---

function asked() {
  return input.value.trim() !== "" || selects.some(select => select.value);
}

function counted(count) {
  return count === 1 ? form.dataset.one : form.dataset.many.replace("{count}", count);
}

/** Say what was found: to be seen above the list, and to be heard by who listens. */
function tell(words, more = "") {
  results.hidden = false;
  browse.hidden = true;
  found.textContent = words;
  note.textContent = more;
  note.hidden = !more;
  const said = more ? `${words}. ${more}` : words;
  if (status.textContent !== said) status.textContent = said;
}

/** Show what is asked, or the latest where nothing is. */
function show() {
  remember();
  form.querySelector("button").parentElement.hidden = !asked();
  if (!asked()) {
    results.hidden = true;
    browse.hidden = false;
    status.textContent = "";
    list.replaceChildren();
    if (index) recount(index.answers.map((_, number) => number));
    return;
  }
  if (!index) {
    load();
    return;
  }
  const [numbers, all] = search(input.value);
  recount(numbers);
  shown = numbers.filter(number => chosen(number));
  list.replaceChildren();
  append();
  if (shown.length) tell(counted(shown.length), all ? "" : form.dataset.some);
  else tell(form.dataset.nothing);
}

/** Whether an answer is in all that is chosen, but for one choice. */
function chosen(number, but = -1) {
  return selects.every((select, kind) => {
    const own = index.groups[kind][index.answers[number][3 + kind]];
    return kind === but || !select.value || select.value === own;
  });
}

/** Say beside each choice how many answers it would leave. */
function recount(numbers) {
  selects.forEach((select, kind) => {
    const counts = new Map();
    for (const number of numbers) {
      if (!chosen(number, kind)) continue;
      const own = index.groups[kind][index.answers[number][3 + kind]];
      counts.set(own, (counts.get(own) || 0) + 1);
    }
    for (const option of select.options) {
      if (option.value) option.text = `${option.dataset.name} (${counts.get(option.value) || 0})`;
    }
  });
}

/** Show some more of what was found. */
function append() {
  const from = list.children.length;
  for (const number of shown.slice(from, from + PAGE)) {
    const [page, title, line] = index.answers[number];
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = page;
    link.textContent = title;
    const about = document.createElement("span");
    about.className = "line";
    about.textContent = line;
    item.append(link, " ", about);
    list.append(item);
  }
  more.hidden = list.children.length >= shown.length;
  return list.children[from];
}

/** Keep what is asked in the address: to come back to it, and to hand it on. */
function remember() {
  const asked = new URLSearchParams();
  for (const field of [input, ...selects]) {
    if (field.value.trim()) asked.set(field.name, field.value.trim());
  }
  const hash = asked.toString() && `#${asked}`;
  if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname + location.search);
  document.title = input.value.trim() ? `${input.value.trim()} - ${home}` : home;
}

/** Take over what the address asks. */
function recall() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const field of [input, ...selects]) {
    field.value = asked.get(field.name) || "";
    if (field.value === "" && field !== input) field.selectedIndex = 0;
  }
}

form.addEventListener("focusin", load);
form.addEventListener("input", event => {
  clearTimeout(timer);
  timer = setTimeout(show, event.target === input ? 200 : 0);
});
form.addEventListener("submit", event => {
  event.preventDefault();
  clearTimeout(timer);
  show();
  if (!results.hidden) found.focus();
});
form.addEventListener("reset", () => {
  setTimeout(() => {
    show();
    input.focus();
  });
});
more.addEventListener("click", () => append().querySelector("a").focus());
addEventListener("hashchange", () => {
  if (location.hash === "#inhoud") return; // the link past the menu
  recall();
  show();
});

recall();
document.getElementById("without").hidden = true;
form.hidden = false;
show();
