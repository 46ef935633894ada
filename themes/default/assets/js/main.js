// Every page.
import './cart-count.js';
