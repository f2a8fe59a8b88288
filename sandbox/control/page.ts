/**
 * The control page: one static document that reads and changes faults through the JSON interface. Values from the
 * interface enter as text, never as markup.
 */
export const CONTROL_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox hospital</title>
<style>
  :root { color-scheme: light dark; --bg: #f7f8f9; --surface: #fff; --text: #14181d; --soft: #4a5460; --line: #7c8792; --on: #a52a12; --accent: #0b57b0; --on-accent: #fff; }
  @media (prefers-color-scheme: dark) { :root { --bg: #10141a; --surface: #181e26; --text: #e9edf2; --soft: #aab4c0; --line: #7d8997; --on: #ff9b85; --accent: #8ab8ff; --on-accent: #10141a; } }
  * { box-sizing: border-box; }
  body { margin: 0 auto; padding: 24px 16px 48px; max-width: 960px; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
  h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 32px 0 8px; } p { margin: 0 0 8px; } .soft { color: var(--soft); }
  ul { list-style: none; padding: 0; margin: 0; }
  li { background: var(--surface); border: 1px solid var(--line); border-radius: 4px; padding: 12px 16px; margin-bottom: 8px; display: grid; grid-template-columns: 1fr auto; gap: 8px 16px; align-items: start; }
  li[data-on="true"] { border-left: 5px solid var(--on); }
  h3 { font-size: 15px; margin: 0; } .state { font-weight: 600; } li[data-on="true"] .state { color: var(--on); }
  .controls { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; }
  button, select { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line); border-radius: 4px; min-height: 32px; padding: 2px 12px; max-width: 260px; }
  button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  table { width: 100%; border-collapse: collapse; background: var(--surface); } th, td { text-align: left; padding: 6px 12px; border: 1px solid var(--line); } td.number { text-align: right; }
  #message { min-height: 24px; }
  @media (max-width: 600px) { li { grid-template-columns: 1fr; } .controls { justify-content: flex-start; } }
</style>
</head>
<body>
<main>
  <h1>Sandbox hospital</h1>
  <p class="soft">An invented hospital network with live systems. Break it here and watch what is seen of it.</p>
  <p id="message" role="status" aria-live="polite"></p>
  <h2 id="faults-title">Faults</h2>
  <ul id="faults" aria-labelledby="faults-title"></ul>
  <h2 id="systems-title">Systems</h2>
  <table aria-labelledby="systems-title">
    <thead><tr><th scope="col">System</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Process</th><th scope="col">Restarts</th><th scope="col">Last end</th></tr></thead>
    <tbody id="systems"></tbody>
  </table>
</main>
<script>
  const message = document.getElementById('message');
  const list = document.getElementById('faults');
  const rows = new Map();
  const time = (instant) => new Date(instant).toLocaleTimeString();
  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function rowOf(fault) {
    const known = rows.get(fault.name);
    if (known) return known;
    const item = element('li');
    const words = element('div');
    const state = element('p', 'state');
    words.append(element('h3', '', fault.title), element('p', 'soft', fault.effect), state);
    const controls = element('div', 'controls');
    let select = null;
    if (fault.targets.length > 0) {
      select = element('select');
      select.setAttribute('aria-label', 'Target of: ' + fault.title);
      for (const target of fault.targets) {
        const option = element('option', '', target.label);
        option.value = target.value;
        select.append(option);
      }
      controls.append(select);
    }
    const button = element('button');
    button.type = 'button';
    controls.append(button);
    item.append(words, controls);
    list.append(item);
    const row = { item, state, select, button, on: false };
    button.addEventListener('click', () => change(fault, !row.on, select && select.value));
    if (select) select.addEventListener('change', () => { if (row.on) change(fault, true, select.value); });
    rows.set(fault.name, row);
    return row;
  }
  function show(faults) {
    for (const fault of faults) {
      const row = rowOf(fault);
      row.on = fault.on;
      row.item.dataset.on = String(fault.on);
      const label = fault.target && (fault.targets.find((target) => target.value === fault.target) || {}).label;
      row.state.textContent = fault.on ? '■ On since ' + time(fault.since) + (label ? ', target ' + label : '') : '○ Off';
      row.button.textContent = fault.on ? 'Switch off' : 'Switch on';
      row.button.setAttribute('aria-label', row.button.textContent + ': ' + fault.title);
      if (row.select && fault.on && document.activeElement !== row.select) row.select.value = fault.target;
    }
  }
  async function change(fault, on, target) {
    const body = JSON.stringify(on && target ? { name: fault.name, on, target } : { name: fault.name, on });
    try {
      const response = await fetch('/api/faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      show(answer.faults);
      message.textContent = fault.title + ': ' + (on ? 'switched on.' : 'switched off.');
    } catch (error) {
      message.textContent = 'Not changed: ' + error.message;
    }
  }
  function showSystems(systems) {
    document.getElementById('systems').replaceChildren(...systems.map((system) => {
      const row = element('tr');
      const name = element('th', '', system.system);
      name.scope = 'row';
      row.append(name, element('td', '', (system.state === 'running' ? '○ ' : '■ ') + system.state), element('td', '', time(system.since)),
        element('td', 'number', system.pid === null ? 'none' : String(system.pid)), element('td', 'number', String(system.restarts)), element('td', '', system.lastEnd || 'none'));
      return row;
    }));
  }
  let lost = false;
  async function refresh() {
    try {
      const [faults, systems] = await Promise.all([fetch('/api/faults'), fetch('/api/systems')]);
      show((await faults.json()).faults);
      showSystems((await systems.json()).systems);
      if (lost) message.textContent = 'The sandbox answers again.';
      lost = false;
    } catch {
      if (!lost) message.textContent = 'The sandbox does not answer; what you see is old. Is it still running?';
      lost = true;
    }
    setTimeout(refresh, 2000);
  }
  refresh();
</script>
</body>
</html>
`;
