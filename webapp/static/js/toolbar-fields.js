// The fields of a toolbar as they are kept in a layout: whatever is in the form, so that a new field needs nothing here.
// What is searched for is of the moment.
export const valuesOf = (form) => Object.fromEntries([...new FormData(form)].filter(([name]) => form.elements.namedItem(name).type !== "search"));

export function fill(form, values) {
  for (const field of form.elements) {
    if (!field.name || field.type === "search") continue;
    if (field.type === "checkbox") field.checked = field.name in values;
    else if (field.type === "radio") field.checked = values[field.name] === field.value;
    else if (field.name in values && fits(field, values[field.name])) field.value = values[field.name];
  }
}

const fits = (field, value) => field.type !== "select-one" || [...field.options].some((option) => option.value === value);
