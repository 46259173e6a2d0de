// Comfort on top of pages that work without: Ctrl+K leads to the search, arrows walk through its hits.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("wen");
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    const link = document.querySelector("[data-search]");
    if (!field && !link) return;
    event.preventDefault();
    if (field) { field.focus(); field.select(); } else { location.assign(link.href); }
    return;
  }
  const hits = [...document.querySelectorAll("[data-hit]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = hits.indexOf(document.activeElement);
  if (!step || !hits.length || (at < 0 && document.activeElement !== field)) return;
  event.preventDefault();
  const next = at + step;
  if (next < 0) { field.focus(); } else if (next < hits.length) { hits[next].focus(); }
});
