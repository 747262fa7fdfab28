// The figures at the top stay true while somebody looks: the server renders them, this only puts them in their place.
(() => {
  const EVERY = 5000;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch("/pipeline", { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("line");
    const line = document.getElementById("line");
    if (fresh && line) line.replaceWith(fresh);
  };
  setInterval(() => look().catch(() => {}), EVERY);
})();
