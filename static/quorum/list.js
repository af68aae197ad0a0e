// The list of the home page: where the reader is after it was replaced, and what is said when it could not be.

const list = () => document.getElementById("sessions");

// The reader goes on at the first new heading: of the month that was asked for, of what was found, or of the list.
// A person who is typing already looks for something else.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "sessions" && event.detail.elt.id !== "sessions") return;
  const search = document.getElementById("q");
  if (document.activeElement === search && search.value !== search.defaultValue) return;
  const month = location.hash.startsWith("#month-") && document.getElementById(location.hash.slice(1));
  const heading = month || list().querySelector("h3, .q-say");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  (month ? month.closest("section") : list()).scrollIntoView();
});

const lost = (event) => {
  if (!list()?.contains(event.detail.elt)) return;
  document.getElementById("lost").hidden = false;
  document.getElementById("lost").scrollIntoView({ block: "nearest" });
};
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:timeout", lost);
