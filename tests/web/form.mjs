// A form as a plain HTTP client sees it: all its fields with what they hold, changed and sent.

const decode = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
const attribute = (tag, name) => {
  const match = new RegExp(`\\b${name}="([^"]*)"`).exec(tag);
  return match ? decode(match[1]) : undefined;
};

// Fields of the form on `html` that posts to `action`.
export function fieldsOf(html, action) {
  const form = [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map((match) => match[0])
    .find((text) => attribute(/<form\b[^>]*>/.exec(text)[0], 'action') === action && /method="post"/i.test(text));
  if (!form) throw new Error(`no form posts to ${action}`);
  const fields = {};
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name'), type = attribute(tag, 'type');
    if (!name || (['radio', 'checkbox'].includes(type) && !/\schecked\b/.test(tag))) continue;
    fields[name] = attribute(tag, 'value') ?? '';
  }
  for (const [, tag, text] of form.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)) fields[attribute(tag, 'name')] = decode(text);
  for (const [, tag, options] of form.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const all = [...options.matchAll(/<option\b[^>]*>/g)].map(([option]) => option);
    const chosen = all.find((option) => /\sselected\b/.test(option)) ?? all[0];
    fields[attribute(tag, 'name')] = chosen ? attribute(chosen, 'value') : '';
  }
  return fields;
}

// Opens `target`, changes some fields of its form and sends all of them. A field set to undefined is left out.
export async function change(client, target, changes, action = target.split('?')[0]) {
  const shown = await client.get(target);
  if (shown.status !== 200) return shown;
  const fields = { ...fieldsOf(shown.text, action), ...changes };
  for (const name of Object.keys(fields)) if (fields[name] === undefined) delete fields[name];
  return client.post(action, { fields });
}

// Id of what a save led to: /settings/meters/17 -> 17.
export const idOf = (answer) => Number(/\/(\d+)(?:[#?].*)?$/.exec(answer.location ?? '')?.[1]);

// Messages of a page that came back, as text.
export const messages = (html) => [...html.matchAll(/<div class="field-error" id="(\w+)-error">[\s\S]*?<\/svg> ([^<]*)<\/div>/g)]
  .map((match) => `${match[1]}: ${decode(match[2])}`);
