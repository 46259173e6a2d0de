// Passkeys: fragt das Gerät und legt seine Antwort in das Formular. Ohne dieses Skript bleibt alles andere benutzbar.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withIds = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (options) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: withIds(options.excludeCredentials),
    } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: {
      clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
    } };
  };

  const get = async (options) => {
    const found = await navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: withIds(options.allowCredentials),
    } });
    return { id: found.id, rawId: text(found.rawId), type: found.type, clientExtensionResults: {}, response: {
      clientDataJSON: text(found.response.clientDataJSON), signature: text(found.response.signature),
      authenticatorData: text(found.response.authenticatorData),
      userHandle: found.response.userHandle ? text(found.response.userHandle) : null,
    } };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const start = form.querySelector("[data-passkey-start]");
    const failed = form.querySelector("[data-passkey-failed]");
    if (!window.PublicKeyCredential || !start) continue;
    for (const part of form.querySelectorAll("[data-passkey-only]")) part.hidden = false;
    start.addEventListener("click", async () => {
      const registering = form.dataset.passkeyKind === "create";
      if (registering && !form.reportValidity()) return;
      failed.hidden = true;
      try {
        const options = JSON.parse(form.dataset.passkey);
        form.elements.passkey.value = JSON.stringify(await (registering ? create(options) : get(options)));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
