// Passkeys: a form with data-passkey asks our server for a fresh challenge when it is sent, puts it to the passkey, and goes on with the answer.
// data-passkey="sign" uses a passkey, "enrol" makes one; data-challenge is where the challenge comes from.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const REFUSED = {
  NotAllowedError: "No passkey was used, or the time for it ran out. Nothing was signed. Press the button again.",
  InvalidStateError: "This passkey has been added before. Use another one.",
  SecurityError: "Passkeys work only at this installation's own address. Open the page there.",
};

async function question(form) {
  const answer = await fetch(form.dataset.challenge, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
  });
  const isQuestion = answer.ok && (answer.headers.get("Content-Type") || "").startsWith("application/json");
  return isQuestion ? answer.json() : null; // refused: the page that the form leads to says why
}

async function sign(asked) {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(asked.challenge),
      rpId: asked.rpId,
      allowCredentials: asked.allowCredentials.map((id) => ({ type: "public-key", id: bytes(id) })),
      userVerification: "required",
      timeout: asked.timeout,
    },
  });
  const { authenticatorData, clientDataJSON, signature } = found.response;
  return {
    id: text(found.rawId),
    response: { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature) },
  };
}

async function enrol(asked) {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(asked.challenge),
      rp: { id: asked.rpId, name: asked.rpName },
      user: { id: bytes(asked.userId), name: asked.userName, displayName: asked.userName },
      pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: asked.exclude.map((id) => ({ type: "public-key", id: bytes(id) })),
      authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
      attestation: "none",
      timeout: asked.timeout,
    },
  });
  const { attestationObject, clientDataJSON } = made.response;
  return {
    id: text(made.rawId),
    rawId: text(made.rawId),
    type: made.type,
    response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) },
  };
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-says]");
  place.textContent = words;
  place.hidden = false;
  place.focus();
}

async function send(form, button) {
  try {
    const asked = await question(form);
    if (asked) {
      const answer = await (form.dataset.passkey === "enrol" ? enrol(asked) : sign(asked));
      form.elements.nonce.value = asked.nonce;
      form.elements.answer.value = JSON.stringify(answer);
    }
    form.submit();
  } catch (fault) {
    button.disabled = false;
    say(form, REFUSED[fault.name] || fault.message);
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.querySelector("[data-passkey-button]").hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    const button = form.querySelector("[data-passkey-button]");
    button.disabled = true;
    send(form, button);
  });
}
