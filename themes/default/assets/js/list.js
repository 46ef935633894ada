// Pages with lists of products.
import './prices.js';
import './stock-badge.js';
