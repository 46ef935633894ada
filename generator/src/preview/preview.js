// The preview's own script: reloads when the site changes, swaps style sheets, shows mistakes over the page.
(() => {
  let overlay;

  async function showMistakes() {
    const response = await fetch("/_shopfront/mistakes");
    const html = await response.text();
    overlay?.remove();
    overlay = undefined;
    if (!html) return;
    overlay = document.createElement("div");
    const shadow = overlay.attachShadow({ mode: "open" });
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = "/_shopfront/preview.css";
    const panel = document.createElement("section");
    panel.setAttribute("role", "alertdialog");
    panel.setAttribute("aria-label", "Mistakes in the shop's files");
    panel.innerHTML = html;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Hide";
    close.addEventListener("click", () => overlay?.remove());
    panel.prepend(close);
    shadow.append(sheet, panel);
    document.body.append(overlay);
  }

  function swap(sheets) {
    for (const [from, to] of Object.entries(sheets)) {
      for (const old of document.querySelectorAll('link[rel="stylesheet"]')) {
        if (!old.href.endsWith(from)) continue;
        const fresh = old.cloneNode();
        fresh.href = old.href.replace(from, to);
        fresh.addEventListener("load", () => old.remove(), { once: true });
        old.after(fresh);
      }
    }
  }

  const events = new EventSource("/_shopfront/events");
  let lost = false;
  events.addEventListener("error", () => { lost = true; });
  events.addEventListener("open", () => { if (lost) location.reload(); });
  events.addEventListener("message", (event) => {
    const change = JSON.parse(event.data);
    if (change.reload) location.reload();
    else if (change.sheets) { swap(change.sheets); showMistakes(); }
    else showMistakes();
  });
  addEventListener("pagehide", () => events.close());
  showMistakes();
})();
