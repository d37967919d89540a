/* Signing in, as people and as scripts meet it. */
import { expect, test } from "./test";

const email = () => process.env.RINGSIDE_PAGES_EMAIL ?? "";
const password = () => process.env.RINGSIDE_PAGES_PASSWORD ?? "";

test.use({ role: null });

test("the sign-in page is accessible in every look", async ({ accessible }) => {
  await accessible("/sign-in");
});

test("a wrong password is refused in one sentence and keeps the address", async ({ page }) => {
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill("nobody@tests.example");
  await page.locator("input[name=password]").fill("not the password");
  await page.locator("button[type=submit]").click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator("input[name=email]")).toHaveValue("nobody@tests.example");
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
