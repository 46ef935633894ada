// What is bought from a page. The drawer comes when it is first needed, and leaves what may be closed around it.
import './prices.js';
import './product-form.js';
import './stock-badge.js';

const load = () => import('./cart-drawer.js');

document.querySelector('product-form')?.addEventListener('pointerenter', load, { once: true });

document.addEventListener('cart:open', async () => {
  const drawer = document.querySelector('cart-drawer');
  const { CartDrawer } = await load();
  if (!(drawer instanceof CartDrawer)) return;
  document.body.append(drawer);
  drawer.open();
});
