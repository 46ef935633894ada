// The checkout's page.
import './checkout-form.js';
