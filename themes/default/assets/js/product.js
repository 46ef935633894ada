// A product's page.
import './cart-drawer.js';
import './product-form.js';
import './product-gallery.js';
import './stock-badge.js';
