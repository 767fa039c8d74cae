// UKeys: the page's text goes to the software of the token on this machine, its answer into the form.
// <form data-ukey data-middleware="http://127.0.0.1:…"> <textarea data-ukey-text> [data-ukey-go] [data-ukey-said]
// Asked: POST {middleware}/sign {"text": "…"}; answered: {"answer": "base64", "certificate": "PEM"}.

for (const form of document.querySelectorAll('form[data-ukey]')) {
  const [button, said] = [form.querySelector('[data-ukey-go]'), form.querySelector('[data-ukey-said]')];
  if (!button) continue;
  button.addEventListener('click', async () => {
    said.hidden = true;
    button.disabled = true;
    try {
      const response = await fetch(`${form.dataset.middleware}/sign`, {
        method: 'POST',
        body: JSON.stringify({ text: form.querySelector('[data-ukey-text]').value }),
        headers: { 'content-type': 'application/json' },
        credentials: 'omit',
        referrerPolicy: 'origin',
      });
      const { answer, certificate } = await response.json();
      if (!response.ok || typeof answer !== 'string') throw new Error('no answer');
      form.elements.ukey_answer.value = answer;
      if (certificate && form.elements.ukey_certificate) form.elements.ukey_certificate.value = certificate;
      form.submit();
    } catch (error) {
      said.hidden = false;
      button.disabled = false;
    }
  });
}
