// Bewerbung: rechnet den Arbeitsnachweis nebenher und sichert, was jemand schreibt. Ohne Skript geht alles auch.
(() => {
  const form = document.querySelector("form[data-puzzle]");
  if (!form) return;
  const able = Boolean(window.crypto && window.crypto.subtle), pause = 1500;
  const promise = document.querySelector("[data-saving]");
  let draft = "autosave" in form.dataset, busy = null, waiting = 0;

  const solve = async () => {
    const bits = Number(form.dataset.bits), encoder = new TextEncoder();
    for (let answer = 0; answer < 100000000; answer += 1) {
      const digest = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(`${form.dataset.puzzle}:${answer}`)));
      if (digest.getUint32(0) >>> (32 - bits) === 0) {
        form.elements.loesung.value = String(answer);
        return;
      }
    }
  };
  const tell = () => {
    const shown = document.querySelector("[data-saved]");
    if (shown) shown.textContent = form.dataset.savedWords;
  };
  const send = (redirect) => {
    const data = new FormData(form);
    data.delete("unterlagen");
    data.set("was", "speichern");
    return fetch(form.action, { method: "POST", body: data, redirect });
  };
  // The first time makes the draft: the page takes its secret address, and reloading brings everything back.
  const begin = async () => {
    const answer = await send("follow");
    if (!answer.redirected || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const note = page.querySelector(".kl-note"), made = page.querySelector("form[data-puzzle]");
    if (!note || !made) return;
    form.before(note);
    form.setAttribute("action", made.getAttribute("action"));
    history.replaceState(null, "", answer.url);
    draft = true;
    if (promise) promise.hidden = true;
    tell();
  };
  const keep = async () => {
    if ((await send("manual")).type === "opaqueredirect") tell();
  };
  const save = () => {
    if (busy || !(draft || form.elements.loesung.value)) {
      waiting = window.setTimeout(save, pause);
      return;
    }
    busy = (draft ? keep() : begin()).catch(() => {}).finally(() => { busy = null; });
  };

  if (able) solve();
  if (promise && able && !draft) promise.hidden = false;
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || !(draft || able)) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(save, pause);
  });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(waiting);
    if (!busy) return;
    event.preventDefault();
    busy.then(() => form.requestSubmit(event.submitter));
  });
})();
