// At a shared terminal: after printing, the session ends by itself.
window.addEventListener("afterprint", () => location.assign(document.body.dataset.kioskEnd));
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
