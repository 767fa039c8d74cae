// Passkeys: the page says what to ask the device for, the device's answer goes into the form's hidden fields.
// <form data-passkey="create|use" data-challenge data-rp data-credentials [data-user data-name]> [data-passkey-go]

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const known = (form) =>
  form.dataset.credentials.split(' ').filter(Boolean).map((id) => ({ type: 'public-key', id: bytes(id) }));

const create = async (form) => {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(form.dataset.challenge),
      rp: { id: form.dataset.rp, name: '继学' },
      user: { id: bytes(form.dataset.user), name: form.dataset.name, displayName: form.dataset.name },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      excludeCredentials: known(form),
      attestation: 'none',
      timeout: 120000,
    },
  });
  return { client_data: made.response.clientDataJSON, attestation_object: made.response.attestationObject };
};

const use = async (form) => {
  const used = await navigator.credentials.get({
    publicKey: {
      challenge: bytes(form.dataset.challenge),
      rpId: form.dataset.rp,
      allowCredentials: known(form),
      userVerification: 'required',
      timeout: 120000,
    },
  });
  const { clientDataJSON, authenticatorData, signature } = used.response;
  return { credential: used.rawId, client_data: clientDataJSON, authenticator_data: authenticatorData, signature };
};

for (const form of document.querySelectorAll('form[data-passkey]')) {
  // Where the browser knows no passkeys (as inside WeChat on many phones) the other ways stand alone.
  if (form.hasAttribute('data-passkey-able')) form.hidden = !window.PublicKeyCredential;
  const [button, said] = [form.querySelector('[data-passkey-go]'), form.querySelector('[data-passkey-said]')];
  button.addEventListener('click', async () => {
    said.hidden = true;
    button.disabled = true;
    try {
      const answer = await (form.dataset.passkey === 'create' ? create(form) : use(form));
      for (const [name, value] of Object.entries(answer)) form.elements[name].value = text(value);
      form.submit();
    } catch (error) {
      said.hidden = false;
      button.disabled = false;
    }
  });
}
