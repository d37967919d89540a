/* Signing in, as people and as scripts meet it. */
import { alive, expect, test } from "./test";

const email = () => process.env.RINGSIDE_PAGES_EMAIL ?? "";
const password = () => process.env.RINGSIDE_PAGES_PASSWORD ?? "";

test.use({ role: null });

test("the sign-in page is accessible in every look", async ({ accessible }) => {
  await accessible("/sign-in");
});

test("the sign-in page is accessible after a failure, too", async ({ accessible }) => {
  await accessible("/sign-in?error=wrong&email=nobody%40tests.example");
});

test("what is left out or is no address is said at its field as one types", async ({ page }) => {
  await page.goto("/sign-in");
  await alive(page);
  const field = (name: string) => page.locator(`input[name=${name}]`);
  await expect(field("email")).toBeFocused();
  await expect(field("keep")).toBeChecked();
  await page.locator("button[type=submit]").click();
  for (const name of ["email", "password"]) {
    await expect(page.locator(`#sign-in-${name}-error`)).toHaveText("Hãy điền mục này.");
    await expect(field(name)).toHaveAttribute("aria-invalid", "true");
  }
  await expect(field("email")).toBeFocused();
  const error = page.locator("#sign-in-email-error");
  /* The browser alone would take the first. */
  for (const wrong of ["lan@cty", "lan hoa@cty.vn", "lan"]) {
    await field("email").fill(wrong);
    await expect(error).toHaveText(`“${wrong}” không phải là một địa chỉ email.`);
  }
  await field("email").fill("lan@cty.vn");
  await expect(error).toBeEmpty();
  await expect(page).toHaveURL(/\/sign-in$/);
});

test("a wrong password is refused in one sentence and keeps the address", async ({ page }) => {
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill("nobody@tests.example");
  await page.locator("input[name=password]").fill("not the password");
  await page.locator("button[type=submit]").click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator("input[name=email]")).toHaveValue("nobody@tests.example");
  await expect(page.locator("input[name=password]")).toBeFocused();
  await expect(page.locator("input[name=password]")).toHaveValue("");
});

test("who is not signed in is asked to, and then comes to where they wanted", async ({ page }) => {
  await page.goto("/campaigns");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.locator("input[name=email]").fill(email());
  await page.locator("input[name=password]").fill(password());
  await page.locator("button[type=submit]").click();
  await expect(page).toHaveURL(/\/campaigns$/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("one can sign in and read the campaigns", async ({ page }) => {
    await page.goto("/sign-in");
    await page.locator("input[name=email]").fill(email());
    await page.locator("input[name=password]").fill(password());
    await page.locator("button[type=submit]").click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("table").or(page.getByRole("list")).first()).toBeVisible();
  });
});
