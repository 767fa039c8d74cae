// A proof in place of a refusal: the browser looks for a number whose digest begins with enough zero bits, says how far it
// is, and opens the button. Where it cannot work, or is slow, waiting does as well.
// <fieldset data-effort data-challenge data-bits data-wait data-say-ready data-say-wait="… {n} …"> <progress> [data-effort-said]

const zeroBits = (buffer) => {
  const bytes = new Uint8Array(buffer);
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return zeros < 0 ? bytes.length * 8 : zeros * 8 + Math.clz32(bytes[zeros]) - 24;
};

const BATCH = 256;

const work = async (challenge, bits, isOver, told) => {
  const encoder = new TextEncoder();
  for (let from = 0; !isOver(); from += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, index) => from + index);
    const digests = numbers.map((number) => crypto.subtle.digest('SHA-256', encoder.encode(`${challenge}:${number}`)));
    const found = (await Promise.all(digests)).findIndex((digest) => zeroBits(digest) >= bits);
    if (found >= 0) return String(from + found);
    // Luck has no end: the line nears its end and never reaches it before the answer does.
    told(1 - Math.exp(-from / 2 ** bits));
  }
  return '';
};

for (const part of document.querySelectorAll('[data-effort]')) {
  const form = part.closest('form');
  const button = form.querySelector('button[type=submit], button:not([type])');
  const [line, said] = [part.querySelector('progress'), part.querySelector('[data-effort-said]')];
  const until = performance.now() + Number(part.dataset.wait) * 1000;
  let isReady = false;
  const ready = (answer) => {
    if (isReady) return;
    isReady = true;
    form.elements.effort_answer.value = answer;
    line.value = 1;
    said.textContent = part.dataset.sayReady;
    button.disabled = false;
  };
  const count = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    if (isReady) return;
    if (left <= 0) return ready('');
    said.textContent = part.dataset.sayWait.replace('{n}', left);
    setTimeout(count, 1000);
  };
  button.disabled = true;
  line.hidden = false;
  count();
  // Only pages that came over TLS, or from this machine, may count digests.
  if (globalThis.crypto?.subtle) {
    work(part.dataset.challenge, Number(part.dataset.bits), () => isReady, (share) => { if (!isReady) line.value = share; })
      .then((answer) => answer && ready(answer))
      .catch(() => {});
  }
}
