// Show the mail in its frame without a press of the button.
document.querySelector("form[data-submit-at-once]")?.requestSubmit();
