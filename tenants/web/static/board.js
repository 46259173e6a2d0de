// Bewerbung: rechnet den Arbeitsnachweis nebenher und sichert den Entwurf bei jeder Änderung. Ohne Skript geht alles auch.
(() => {
  const form = document.querySelector("form[data-puzzle]");
  if (!form || !window.crypto || !window.crypto.subtle) return;
  const encoder = new TextEncoder();
  const solve = async () => {
    const bits = Number(form.dataset.bits);
    for (let answer = 0; answer < 100000000; answer += 1) {
      const digest = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(`${form.dataset.puzzle}:${answer}`)));
      if (digest.getUint32(0) >>> (32 - bits) === 0) {
        form.elements.loesung.value = String(answer);
        return;
      }
    }
  };
  solve();
  if (!("autosave" in form.dataset)) return;
  const shown = document.querySelector("[data-saved]");
  let waiting = 0;
  const save = async () => {
    const data = new FormData(form);
    data.delete("unterlagen");
    data.set("was", "speichern");
    const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
    if (shown && answer.type === "opaqueredirect") shown.textContent = form.dataset.savedWords;
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(save, 1500);
  });
})();
