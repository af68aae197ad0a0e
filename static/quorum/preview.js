// Show in its frame what is previewed, without a press of the button. Without script the button does it.

// A page that exists only to show one mail.
document.querySelector("form[data-submit-at-once]")?.requestSubmit();

// A button beside a text: pressed whenever the text has rested for a moment.
const button = document.querySelector("button[data-press-at-once]");
const text = button && document.getElementById(button.dataset.pressAtOnce);
if (text) {
  const REST = 400;
  let resting;
  text.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(() => text.form.requestSubmit(button), REST);
  });
}
