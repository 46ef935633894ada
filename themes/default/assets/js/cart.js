// The cart's page.
import './cart-page.js';
