// What is bought from a page. The drawer comes when it is first needed, and leaves what may be closed around it.
import './prices.js';
import './product-form.js';
import './stock-badge.js';

const load = () => import('./cart-drawer.js');

document.querySelector('product-form')?.addEventListener('pointerenter', load, { once: true });

document.addEventListener('cart:open', async () => {
  const drawer = /** @type {import('./cart-drawer.js').CartDrawer | null} */ (document.querySelector('cart-drawer'));
  if (!drawer) return;
  await load();
  document.body.append(drawer);
  drawer.open();
});
