// Live rows: the server renders each row, this only puts it in its place. Without JavaScript the page is the wire as it was.
(() => {
  const wire = document.getElementById("wire");
  const live = document.getElementById("live");
  if (!wire || !live || !wire.dataset.stream) return;
  const say = (state, text) => { live.dataset.state = state; live.textContent = text; };
  const events = new EventSource(wire.dataset.stream);
  const MOST = 200;
  let queue = Promise.resolve();
  const rendered = async (id) => {
    const answer = await fetch("/rows/" + encodeURIComponent(id));
    if (!answer.ok) return null;
    const box = document.createElement("template");
    box.innerHTML = await answer.text();
    return box.content.firstElementChild;
  };
  // A repeat belongs under its original, where that is on the page, and the page shows repeats at all.
  const fold = async (original) => {
    const before = wire.dataset.fold && document.getElementById("item-" + original);
    const after = before && (await rendered(original));
    if (!after?.querySelector(".folded")) return false;
    after.querySelector(".folded").open = before.querySelector(".folded")?.open ?? false;
    after.classList.add("fresh");
    before.replaceWith(after);
    return true;
  };
  const show = async (id) => {
    const row = await rendered(id);
    if (!row) return;
    document.getElementById("empty")?.remove();
    document.getElementById(row.id)?.remove();
    if (!row.dataset.original || !(await fold(row.dataset.original))) {
      row.classList.add("fresh");
      wire.prepend(row);
    }
    while (wire.children.length > MOST) wire.lastElementChild.remove();
    const count = (name) => {
      const at = document.querySelector(`[data-count=${name}]`);
      if (!at) return;
      at.dataset.number = Number(at.dataset.number) + 1;
      at.textContent = Number(at.dataset.number).toLocaleString(document.documentElement.lang);
    };
    if (row.dataset.version === "1") count("items");
    count("versions");
  };
  const take = (event) => {
    const item = JSON.parse(event.data);
    // One after the other, so that rows stand in the order in which they came.
    queue = queue.then(() => show(item.item_id)).catch(() => {});
  };
  for (const kind of ["published", "updated", "corrected", "withdrawn"]) events.addEventListener("news.item." + kind, take);
  events.onopen = () => say("on", live.dataset.on);
  // A stream that is refused stays closed: the session has ended, or there are too many.
  events.onerror = () => say("off", events.readyState === EventSource.CLOSED ? live.dataset.closed : live.dataset.again);
})();

// Keys, for whoever reads the wire all day: j and k from row to row, / to the words. A screen reader has its own, so none is taken
// with a modifier or while something is typed.
(() => {
  const rows = () => [...document.querySelectorAll("article.row h2 a")];
  const go = (step) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.closest("article").scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "/") document.querySelector("input[type=search]")?.focus();
    else return;
    event.preventDefault();
  });
})();
